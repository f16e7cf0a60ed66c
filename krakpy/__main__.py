"""`python -m krakpy` is `krakpy`."""
from krakpy.cli.main import main

if __name__ == "__main__":
    main(prog_name="krakpy")
