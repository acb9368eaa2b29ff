# Filled in with the package config and pkg-config files.
