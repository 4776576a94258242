// What scripts/test-compose builds: Docker Compose, which Debian does not have in this version.
module composetest

go 1.24.0
