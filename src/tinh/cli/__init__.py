import gc

# As tinh.site.memory.look_seldom, and before the verbs are read, which is most of what a short command does.
gc.set_threshold(50_000, 10, 10)
