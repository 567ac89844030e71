"""Cases for the staff: the queue, one case, many at once, the desk's own settings, supervision."""
