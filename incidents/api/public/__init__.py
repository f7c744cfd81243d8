"""A mission's public page: what was released to the public, counted and on a map. Off unless switched on."""
