"""Refuses bots by their User-Agent: `security/bot-detector` for the krakpy API gateway."""
from krakpy_bot_detector.config import BotDetectorConfig
from krakpy_bot_detector.detector import BotDetector

__version__ = "0.1.0"
__all__ = ["BotDetector", "BotDetectorConfig"]
