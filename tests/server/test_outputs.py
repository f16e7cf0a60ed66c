"""Who closes the standard descriptors closes neither the log nor what is printed."""
import subprocess
import sys

PROGRAM = """
import logging, os, sys
from krakpy.logs import DefaultOptions, configure
from krakpy.server.outputs import keep_outputs
configure(DefaultOptions(), whole_process=True)
keep_outputs()
os.close(1), os.close(2)
read, write = os.pipe()
assert (read, write) == (1, 2)
print("printed", flush=True)
logging.getLogger("krakpy.test").warning("logged")
os.set_blocking(read, False)
try:
    os._exit(len(os.read(read, 100)))
except BlockingIOError:
    os._exit(0)
"""


def test_what_takes_the_place_of_a_closed_output_gets_nothing_of_it():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, "the log went to whoever has the number now"
    assert ran.stdout == "printed\n"
    assert "logged" in ran.stderr
