# What CMake asks about a system before it builds for it: older versions do not know WASI, which has nothing of its own to tell.
