"""Installs what SmartStack needs on a machine that has only Python.

Everything in here uses the standard library only: it runs before anything is installed.
"""
