// Runs the Tiltfile with Tilt's built-ins replaced by ones that only remember, and holds what they remember against the rules.
//
//	tiltcheck ROOT HELM
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tiltcheck ROOT HELM")
		os.Exit(2)
	}
	faults, summary := check(os.Args[1], os.Args[2])
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) != 0 {
		os.Exit(1)
	}
	fmt.Println(summary)
}

// situation is a machine on which the Tiltfile must do what the rules ask.
type situation struct {
	what string
	Machine
}

// refusal is one on which it must end with a sentence that has the word.
type refusal struct {
	what, word string
	Machine
}

// check runs the Tiltfile of a folder in every situation that it tells apart.
func check(root, helm string) (faults []string, summary string) {
	samples, err := filepath.Glob(filepath.Join(root, "k3s/samples/*.yaml"))
	if err != nil || len(samples) == 0 {
		return []string{"there are no samples in k3s/samples"}, ""
	}
	here := Machine{Root: root, Helm: helm, Context: "test", Server: "https://127.0.0.1:6443"}

	fine := []situation{
		{"on the test cluster", here},
		{"on k3s", here.with(func(m *Machine) { m.Context = "default" })},
		{"on kind", here.with(func(m *Machine) { m.Context, m.Server = "kind-kind", "https://127.0.0.1:40000" })},
		{"with a registry", here.with(func(m *Machine) {
			m.Context = "default"
			m.Settings = map[string]string{"registry": "localhost:5000"}
		})},
		{"with other ports", here.with(func(m *Machine) { m.Settings = map[string]string{"port-offset": "1000"} })},
	}
	for _, sample := range samples {
		name, _ := filepath.Rel(root, sample)
		fine = append(fine, situation{"with " + name, here.with(func(m *Machine) { m.Settings = map[string]string{"sample": name} })})
	}
	resources, images := 0, 0
	for _, situation := range fine {
		tilt, err := situation.run()
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", situation.what, err))
			continue
		}
		for _, fault := range tilt.faults() {
			faults = append(faults, fmt.Sprintf("%s: %s", situation.what, fault))
		}
		resources, images = len(tilt.resources()), len(tilt.of("custom_build"))
	}

	refused := []refusal{
		{"a context of that name elsewhere", "not this machine", here.with(func(m *Machine) { m.Context, m.Server = "default", "https://10.0.0.1:6443" })},
		{"the test cluster's name elsewhere", "not this machine", here.with(func(m *Machine) { m.Server = "https://127.0.0.1.example.com" })},
	}
	for _, tool := range []string{"cargo", "kubectl", "helm", "node", "npm"} {
		refused = append(refused, refusal{"no " + tool, "no " + tool, here.with(func(m *Machine) { m.Missing = tool })})
	}
	refused = append(refused, refusal{"no docker on k3s", "no docker", here.with(func(m *Machine) { m.Context, m.Missing = "default", "docker" })})
	for _, situation := range refused {
		_, err := situation.run()
		sentence, said := failure(err)
		if !said {
			faults = append(faults, fmt.Sprintf("%s: the Tiltfile should end with fail(), not with %v", situation.what, err))
		} else if !strings.Contains(sentence, situation.word) {
			faults = append(faults, fmt.Sprintf("%s: fail() says %q, which does not name it", situation.what, sentence))
		}
	}
	return faults, fmt.Sprintf("%d resources, %d images; %d situations run, %d refused", resources, images, len(fine), len(refused))
}
