package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func machine(t *testing.T) Machine {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	helm := os.Getenv("HELM")
	if helm == "" {
		t.Skip("HELM names no helm: run scripts/tiltfile")
	}
	return Machine{Root: root, Helm: helm, Context: "test", Server: "https://127.0.0.1:6443"}
}

// Each rule is seen to break: what is changed in the Tiltfile, and what must be said of it.
func TestEveryRuleBreaks(t *testing.T) {
	here := machine(t)
	text, err := os.ReadFile(filepath.Join(here.Root, "Tiltfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []struct{ from, to, said string }{
		{"", "", ""},
		{"SERVICES = ['auth', ", "SERVICES = [", "auth has no image"},
		{"image(name, [os.path.join(PROGRAMS, name)])", "image(name, ['services'])", "services makes both"},
		{"image(name, [os.path.join(PROGRAMS, name)])", "image(name, [os.path.join(PROGRAMS, 'bench')])", "made of the program bench"},
		{"'frontend/nginx', ", "'frontend/nowhere', ", "frontend/nowhere, which is not there"},
		{"['image'] = IMAGES + '/' + name", "['image'] = 'nginx:1'", "which nothing builds"},
		{"['image'] = IMAGES + '/' + name", "['replicas'] = 1", "nothing at {.spec.services.auth.image}"},
		{"{.spec.services.%s.image}", "{.spec.services.%s.picture}", "has no {.spec.services.auth.picture}"},
		{"eventplatform.dev/v1alpha1", "eventplatform.dev/v1", "is of eventplatform.dev/v1,"},
		{"'scripts/tilt/image', name", "'scripts/tilt/image', 'auth'", "which does not name it"},
		{"disable_push=way.gives", "disable_push=False", "only what gives itself"},
		{"['scripts/tilt/image', name", "['scripts/tilt/imagine', name", "scripts/tilt/imagine, which is not there"},
		{"['scripts/tilt/demo'", "['scripts/tilt/load.mjs'", "which is no program"},
		{"delete_cmd=['true']", "delete_cmd='true'", "a shell takes it apart"},
		{"'operator', 'services'],\n", "'operator'],\n", "compile does not see services/auth"},
		{"'--workspace', ", "", "compile does not make all programs"},
		{"labels=['buttons'],", "", "is in no group"},
		{"labels=[label or name]", "labels=['all']", "auth has no resource in a group of its own"},
		{"auto_init=False,", "", "demo-data is no button"},
		{"button('chaos'", "button('havoc'", "chaos is no button"},
		{"resource_deps=['operator']", "resource_deps=['nobody']", "waits for nobody"},
		{"resource_deps=['operator']", "resource_deps=['booking']", "waits for itself"},
		{"'booking': 8003", "'booking': 8004", "the local port 8004"},
		{"(5532, 5432)", "(5532, 5433)", "forwarded to port 5433"},
		{"'event-platform-operator',\n", "'operator',\n", "nothing of this name runs"},
		{"NAMESPACE + ':namespace']", "NAMESPACE + ':secret']", "of which there are 0"},
		{"discovery_strategy=", "discovery=", "no parameter discovery"},
		{"local_resource(\n    'compile',\n", "local_resource(\n    'make',\n", "there is no resource compile"},
		{"'./scripts/tilt/cluster.star'", "'ext://cluster'", "an extension is fetched"},
	} {
		change := strings.ReplaceAll(string(text), broken.from, broken.to)
		if broken.from == "" {
			change = string(text)
		} else if change == string(text) {
			t.Errorf("the Tiltfile no longer has %q", broken.from)
			continue
		}
		tilt, err := here.with(func(m *Machine) { m.Text = change }).run()
		var said string
		if err != nil {
			said = err.Error()
		} else {
			said = strings.Join(tilt.faults(), "\n")
		}
		if broken.said == "" && said != "" || !strings.Contains(said, broken.said) {
			t.Errorf("with %q: said\n%s\nand not %q", broken.to, said, broken.said)
		}
	}
}

// A cluster elsewhere is refused whatever its name; so is a machine that lacks something.
func TestSituations(t *testing.T) {
	here := machine(t)
	faults, summary := check(here.Root, here.Helm)
	for _, fault := range faults {
		t.Error(fault)
	}
	if !strings.Contains(summary, "7 images") {
		t.Errorf("the summary is %q", summary)
	}
}
