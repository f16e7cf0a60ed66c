"""Every code that an operator can meet, with what it means and what mends it.

The page `docs/errors.md` is generated from this file.
"""
from __future__ import annotations

from enum import Enum


class Code(Enum):
    """A stable code: (id, what happened, what to do about it)."""

    SYNTAX = ("KC001", "The configuration file cannot be read or parsed.", "Mend the file at the line that is named.")
    VERSION = ("KC002", "The configuration's `version` is not 3.", "Migrate the file to version 3.")
    UNKNOWN_KEY = ("KC003", "A key that KrakenD does not know.", "Correct the spelling, or start it with `@` if it is a comment.")
    WRONG_TYPE = ("KC004", "A value has the wrong type or is out of range.", "Write the type that is named.")
    NOT_BUILT = ("KC005", "A known key whose feature krakpy does not have yet.", "Remove the key, or wait for the release that has it.")
    ENTERPRISE = ("KC006", "A key of KrakenD Enterprise.", "Remove the key; krakpy follows the Community Edition.")
    BAD_HOST = ("KC007", "A host is not valid.", "Write `http://host:port` without a path, or set `disable_host_sanitize`.")
    BAD_ENDPOINT = ("KC008", "An endpoint's path is not valid or is reserved.", "Choose another path.")
    BAD_PARAMETER = ("KC009", "A `url_pattern` uses a parameter that the endpoint does not have.", "Declare it in the endpoint's path.")
    CONFLICT = ("KC010", "Two endpoints cannot be told apart.", "Remove or rename one of the two that are named.")
    NO_OP = ("KC011", "A `no-op` endpoint with more than one backend.", "Use one backend, or another `output_encoding`.")
    UNKNOWN_NAMESPACE = ("KC012", "A namespace of `extra_config` that no installed extension answers.", "Install the package that answers it.")
    UNKNOWN_NAME = ("KC013", "A name that nothing installed answers (encoding, merger, hook …).", "Correct the name or install its package.")
    WEAK_TYPE = ("KC014", "A value that KrakenD accepts in another type than documented.", "Write the documented type.")
    NO_ENDPOINTS_BACKEND = ("KC015", "An endpoint without backends.", "Give it at least one backend.")
    MISSING_KEY = ("KC016", "A key that has to be there is missing.", "Write the key that is named.")
    DUPLICATE_KEY = ("KC017", "One key is written twice, or in two spellings.", "Keep one of the two.")
    NO_HOST = ("KC018", "A backend has no host to ask.", "Give it a `host`, or give one to the service.")
    IGNORED = ("KC019", "A key or value that is accepted and has no effect.", "Remove it.")
    SCHEMA = ("KC020", "The file breaks the schema that `check -s` names, or that schema cannot be used.", "Mend the value that is named, or the schema.")

    SWITCHED_OFF = ("KC021", "The settings of a component are wrong, and it is left out, as KrakenD does.", "Mend the settings that are named.")

    RELOAD_FAILED = ("KR001", "A reload was given up for a reason that is not in the configuration.", "See the log; the configuration before it goes on serving.")
    NEEDS_RESTART = ("KR002", "A change that a reload cannot make.", "Start a new master beside the old one: send SIGUSR2, then SIGTERM to the old.")

    WRITABLE = ("KS001", "Every user of the machine can change the configuration.", "Take the right to write away: `chmod o-w FILE`.")
    ROOT = ("KS002", "The gateway runs as root.", "Run it as a user of its own; a port below 1024 needs CAP_NET_BIND_SERVICE only.")

    NOT_INSTALLED = ("KX001", "An extension that the configuration names is not installed.", "pip install the package that offers it.")
    AMBIGUOUS = ("KX002", "Two distributions offer one name.", "Write `distribution/name`, or uninstall one of them.")
    GATE_CLOSED = ("KX003", "Third-party code is asked for while a gate is closed.", "Open the gate that is named.")
    NOT_ALLOWED = ("KX004", "The operator's `pattern`, `allow` or `deny` excludes the extension.", "Change the list that is named.")
    NEEDS_INPROC = ("KX005", "A third-party middleware or driver runs in the worker, which the operator has not allowed.", 'Set "isolation": "inproc" for it.')
    SDK_RANGE = ("KX006", "The extension was made for another version of the contract.", "Upgrade the side that is named.")
    ISOLATION = ("KX007", "The isolation that is asked for is not available.", 'Use "isolation": "inproc".')
    METADATA = ("KX008", "An installed distribution has malformed metadata and is skipped.", "Reinstall or remove it.")
    BAD_ENTRY_POINT = ("KX009", "An entry point does not lead anywhere.", "Reinstall the package, or tell its author.")
    ORDER = ("KX010", "The order that extensions ask for is a circle.", "Remove one of the `inside`/`outside` that are named.")
    SAFE_MODE = ("KX011", "Safe mode imports no third-party code.", "Start without --safe-mode.")
    MODE = ("KX012", "A policy that does not apply to this kind of extension.", "Remove the key from the instance.")
    OVERLAP = ("KX013", "Two distributions claim one file: one has overwritten the other's.", "Uninstall both, and install the one that you want.")
    SHADOWED = ("KX014", "A file outside of the installed packages stands before a module of Python's own.", "Rename or move the file.")

    IMPORT_RAISED = ("KX020", "The import raised an exception.", "See the cause; reinstall or upgrade the package.")
    IMPORT_EXITED = ("KX021", "The import ended the process.", "Tell the author; remove the package from the configuration.")
    KILLED = ("KX022", "The process was killed by a signal during the import.", "Reinstall the package for this platform.")
    TIMED_OUT = ("KX023", "The import or the construction did not come back in time.", "Tell the author; remove the package from the configuration.")
    MEMORY = ("KX024", "The import wanted more memory than it may have.", "Tell the author; remove the package from the configuration.")
    SLOW_IMPORT = ("KX025", "The import is slow.", "Tell the author.")
    MODULE_MISSING = ("KX026", "A module that the extension imports is not installed.", "pip install the distribution of the module that is named.")
    SIGNALS = ("KX070", "The import handles signals.", "Run a hook in a process of its own: in a worker its handlers are put back.")
    ROOT_LOGGER = ("KX071", "The import changes the root logger.", "Tell the author; in a worker it may write log lines twice, or none.")
    LOOP_POLICY = ("KX072", "The import sets an event-loop policy.", "Tell the author; run a hook in a process of its own.")
    PATCHED = ("KX073", "The import replaces parts of Python's own library.", "Run a hook in a process of its own: in a worker every request gets the replaced parts.")
    THREADS = ("KX074", "The import starts threads.", "Tell the author: `setup` is the place; in a worker they take time from everybody.")
    IMPORT_PATH = ("KX075", "The import changes where modules are looked for.", "Tell the author; run a hook in a process of its own.")
    ENVIRONMENT = ("KX076", "The import changes environment variables.", "Tell the author; in a worker everybody sees them.")
    WRONG_KIND = ("KX030", "The entry point is not what its group holds.", "Tell the author.")
    SIGNATURE = ("KX031", "A signature does not fit the contract.", "Tell the author.")
    UNKNOWN_HOOK = ("KX032", "A hook that the contract does not have.", "Correct the name of the method.")
    SETTINGS = ("KX040", "The extension's settings do not decode.", "Correct the settings at the place that is named.")
    CONSTRUCTION = ("KX041", "The extension could not be constructed with its settings.", "See the cause.")
    SETUP = ("KX042", "The extension's `setup` failed in a worker.", "See the cause.")
    UNUSABLE = ("KX043", "What guards an endpoint cannot work as it is configured.", "Correct the settings at the place that is named; its endpoint answers 503 till then.")

    CALL_RAISED = ("KX050", "A call of the extension raised.", "See the cause; the request was answered 500.")
    CALL_BREACH = ("KX051", "A call returned what the contract does not allow.", "Tell the author; the request was answered 502.")
    CALL_TIMEOUT = ("KX052", "A call took longer than its timeout.", "Raise the instance's `timeout`; the request was answered 504.")
    CALL_DIED = ("KX053", "The host of the extension ended during a call.", "See how it ended; the request was answered 502.")
    HOST_DOWN = ("KX054", "No host of the extension is there to be asked.", "See why its last host ended; the request was answered 503.")
    QUARANTINED = ("KX055", "The extension failed too often and is not called for a while.", "Mend it, then: `krakpy ext release ID`; it is tried again by itself too.")
    WORKER_DIED = ("KX056", "A worker ended while it ran the extension.", 'Run a hook in a process of its own: `"isolation": "process"`; tell the author.')
    BLOCKED = ("KX057", "A call of the extension blocked its worker, which was replaced.", 'Run a hook in a process of its own: `"isolation": "process"`; tell the author.')

    LOCK = ("KX060", "The lock file cannot be used.", "`krakpy ext lock -c krakend.json` writes it.")
    UNLISTED = ("KX061", "Third-party code is not in the lock file.", "Look at it, then accept it: `krakpy ext lock -c krakend.json`.")
    ALTERED = ("KX062", "Third-party code is not what was locked.", "Install what was locked, or look at what is there and accept it: `krakpy ext lock -c krakend.json`.")
    UNPINNED = ("KX063", "Nothing says what an installed package consists of, so no lock can pin it.", "Install it from a wheel: `pip install .`, not `pip install -e .`.")

    def __init__(self, id: str, meaning: str, remedy: str) -> None:
        self.id = id
        self.meaning = meaning
        self.remedy = remedy
