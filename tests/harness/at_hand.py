"""What processes of a fork server have read before they are forked.

A fork server reads the modules it is told to by the path it starts with, which holds the folder of the
repository and not those that pytest adds, and passes over what it does not find. Hence a module of its own,
by its full name: without it each process spends a second of a processor on reading the same.
"""

import gc
import multiprocessing

import tinh.flow.api
import tinh.sources.limits
from tinh.places.api import gazetteer

gc.set_threshold(50_000, 10, 10)
AT_HAND = (gazetteer().crosswalk, tinh.flow.api, tinh.sources.limits)  # every unit, and what became of it
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
