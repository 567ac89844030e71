"""Directives of leaders: the list, one directive, issuing one, hot spots that call for one."""
