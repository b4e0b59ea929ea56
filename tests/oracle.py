"""Runs a program of several .async files under CPython: `python3 tests/oracle.py main.async`.

A single file needs nothing of this. For several, the import system is told that modules may end in `.async`."""
import importlib.machinery as machinery
import os
import runpy
import sys

main = os.path.abspath(sys.argv[1])
loaders = [
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, [".async", *machinery.SOURCE_SUFFIXES]),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
]
sys.path_hooks.insert(0, machinery.FileFinder.path_hook(*loaders))
sys.path_importer_cache.clear()
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(main)
runpy.run_path(main, run_name="__main__")
