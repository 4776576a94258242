// Runs the Tiltfile without Tilt: scripts/tiltfile. Tilt's language is this Starlark, with what tilt.go sets.
module tiltcheck

go 1.24.4

require (
	go.starlark.net v0.0.0-20250417143717-f57e51f710eb
	sigs.k8s.io/yaml v1.6.0
)

require (
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	golang.org/x/sys v0.0.0-20220715151400-c0bba94af5f8 // indirect
)
