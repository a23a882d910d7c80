"""The AWS emulator's launcher, `python -m smartstack_emulator` in the emulator's own virtual environment.

Nothing here may import the rest of SmartStack, which is not installed there.
"""
