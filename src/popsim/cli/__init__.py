"""The command line: each verb calls one library function, and says what came of it.

Here live options, exit codes and the words of the terminal; no figure is computed here. Importing
this package imports click and nothing heavier: a verb is loaded when it is called, so that
``popsim --help`` answers at once.

`main` names the verbs; they stand in `run`, `show`, `remake`, `listing` and `new`. `options` holds
what they share, `verdict` how targets read on a screen.

Exit codes: 0 done; 1 a bug of popsim; 2 the user's configuration, data or command; 3 a target is
missed under ``--strict``; 130 stopped with Ctrl-C.
"""

from popsim.cli.main import main

__all__ = ["main"]
