"""The clinic of the try-out: a morning as it could be, made through the same services as a real one."""
