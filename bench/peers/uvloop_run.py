"""Runs a program with uvloop in the place of asyncio's own loop."""
import runpy
import sys

import uvloop

uvloop.install()
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
