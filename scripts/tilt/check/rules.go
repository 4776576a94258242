package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

const registry = "ghcr.io/event-platform/"

var (
	programs = []string{"auth", "catalog", "booking", "payment", "worker", "operator"}
	services = []string{"auth", "catalog", "booking", "payment", "worker", "frontend"}
	buttons  = []string{"demo-data", "load", "kill-pods", "chaos"}
)

// faults holds what the Tiltfile did against the rules.
func (t *Tilt) faults() (faults []string) {
	say := func(format string, values ...any) { faults = append(faults, fmt.Sprintf(format, values...)) }
	t.imageRules(say)
	t.compileRules(say)
	t.resourceRules(say)
	t.portRules(say)
	t.commandRules(say)
	t.clusterRules(say)
	return faults
}

func (t *Tilt) exists(path string) bool {
	_, err := os.Stat(filepath.Join(t.Root, path))
	return err == nil
}

// Each service and the operator has an image, made of files that are there and of nobody else's, and something runs it.
func (t *Tilt) imageRules(say func(string, ...any)) {
	built, owner := map[string]Call{}, map[string]string{}
	for _, call := range t.of("custom_build") {
		ref := call.text("ref")
		if _, twice := built[ref]; twice {
			say("the image %s is built twice", ref)
		}
		built[ref] = call
		name := strings.TrimPrefix(ref, registry)
		deps := call.texts("deps")
		if len(deps) == 0 {
			say("nothing makes the image %s anew", name)
		}
		for _, dep := range deps {
			if other, taken := owner[dep]; taken {
				say("%s makes both %s and %s anew", dep, other, name)
			}
			owner[dep] = name
			// A program is there once it was compiled.
			if program, ok := strings.CutPrefix(dep, "target/debug/"); ok {
				if program != name || !slices.Contains(programs, program) {
					say("the image %s is made of the program %s", name, program)
				}
			} else if !t.exists(dep) {
				say("the image %s depends on %s, which is not there", name, dep)
			}
		}
		if command := call.texts("command"); !slices.Contains(command, name) {
			say("the image %s is made by %v, which does not name it", name, command)
		}
		gives, _ := call.Args["disable_push"].(starlark.Bool)
		if bool(gives) != (call.text("outputs_image_ref_to") != "") {
			say("the image %s: only what gives itself to the cluster names itself", name)
		}
	}
	run := map[string]bool{}
	for _, object := range t.objects() {
		for _, image := range t.images(object) {
			run[image] = true
			if _, ok := built[image]; !ok {
				say("%s %s runs %s, which nothing builds", object.kind(), object.name(), image)
			}
		}
	}
	for _, name := range append([]string{"operator"}, services...) {
		ref := registry + name
		if _, ok := built[ref]; !ok {
			say("%s has no image", name)
		} else if !run[ref] {
			say("nothing runs the image of %s", name)
		}
	}
	t.kindRules(say)
}

// Where images go into an EventPlatform is a place that its definition has.
func (t *Tilt) kindRules(say func(string, ...any)) {
	text, err := os.ReadFile(filepath.Join(t.Root, "charts/event-platform/files/eventplatforms.json"))
	var definition Object
	if err != nil || json.Unmarshal(text, &definition) != nil {
		say("the definition of EventPlatform can't be read")
		return
	}
	version := definition["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
	schema := Object(version["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any))
	for _, call := range t.of("k8s_kind") {
		if want := fmt.Sprintf("%v/%v", definition.at("spec.group"), version["name"]); call.text("api_version") != want {
			say("k8s_kind(%s) is of %s, the definition of %s", call.text("kind"), call.text("api_version"), want)
		}
		for _, path := range call.texts("image_json_path") {
			inside := "properties." + strings.ReplaceAll(strings.Trim(path, "{.}"), ".", ".properties.")
			if schema.at(inside) == nil {
				say("an EventPlatform has no %s", path)
			}
		}
	}
}

// One command compiles all programs and sees every crate.
func (t *Tilt) compileRules(say func(string, ...any)) {
	for _, call := range t.of("local_resource") {
		if call.text("name") != "compile" {
			continue
		}
		if command := call.texts("cmd"); !slices.Contains(command, "--workspace") || !slices.Contains(command, "--bins") {
			say("compile does not make all programs")
		}
		deps := call.texts("deps")
		for _, dep := range deps {
			if !t.exists(dep) {
				say("compile depends on %s, which is not there", dep)
			}
		}
		for _, name := range programs {
			folder := "services/" + name
			if name == "operator" {
				folder = name
			}
			if !slices.ContainsFunc(deps, func(dep string) bool { return folder == dep || strings.HasPrefix(folder, dep+"/") }) {
				say("compile does not see %s", folder)
			}
			if !t.exists(folder + "/Cargo.toml") {
				say("there is no crate %s", folder)
			}
		}
		return
	}
	say("there is no resource compile")
}

// Each service has a group of its name with its pods in it; whatever waits for something waits for a resource, and for no circle.
func (t *Tilt) resourceRules(say func(string, ...any)) {
	resources := t.resources()
	for name, resource := range resources {
		if len(resource.Labels) == 0 {
			say("the resource %s is in no group", name)
		}
		for _, other := range resource.After {
			if resources[other] == nil {
				say("the resource %s waits for %s, which is not there", name, other)
			}
		}
		if t.circles(resources, name, name, map[string]bool{}) {
			say("the resource %s waits for itself", name)
		}
	}
	for _, name := range append([]string{"operator"}, services...) {
		if resource := resources[name]; resource == nil || !slices.Contains(resource.Labels, name) {
			say("%s has no resource in a group of its own", name)
		}
	}
	for _, name := range buttons {
		if resource := resources[name]; resource == nil || !resource.Manual {
			say("%s is no button: it must be there and wait to be asked", name)
		}
	}
	names := map[string]int{}
	for _, object := range t.objects() {
		names[strings.ToLower(object.name()+":"+object.kind())]++
	}
	for _, call := range t.of("k8s_resource") {
		if workload := call.text("workload"); workload != "" && !t.named(workload) {
			say("k8s_resource(%q): nothing of this name runs", workload)
		}
		for _, object := range call.texts("objects") {
			if names[strings.ToLower(object)] != 1 {
				say("k8s_resource takes %s, of which there are %d", object, names[strings.ToLower(object)])
			}
		}
	}
}

func (t *Tilt) circles(resources map[string]*Resource, start, here string, seen map[string]bool) bool {
	if seen[here] || resources[here] == nil {
		return false
	}
	seen[here] = true
	return slices.ContainsFunc(resources[here].After, func(next string) bool {
		return next == start || t.circles(resources, start, next, seen)
	})
}

// named tells whether a workload, or what is deployed by a command, has the name.
func (t *Tilt) named(name string) bool {
	return slices.ContainsFunc(t.objects(), func(object Object) bool { return t.isWorkload(object) && object.name() == name }) ||
		slices.ContainsFunc(t.of("k8s_custom_deploy"), func(call Call) bool { return call.text("name") == name })
}

var port = regexp.MustCompile(`Self::(\w+) => (\d+),`)

// No local port is taken twice, and each leads to the port that the operator gives the service.
func (t *Tilt) portRules(say func(string, ...any)) {
	text, _ := os.ReadFile(filepath.Join(t.Root, "operator/src/build/part.rs"))
	ports := map[string]int64{}
	for _, found := range port.FindAllStringSubmatch(string(text), -1) {
		ports[strings.ToLower(found[1])], _ = strconv.ParseInt(found[2], 10, 64)
	}
	taken := map[int64]string{}
	take := func(local int64, name string) {
		if other, twice := taken[local]; twice {
			say("the local port %d is for %s and for %s", local, other, name)
		}
		taken[local] = name
	}
	resources := t.resources()
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		for _, forward := range resources[name].Forwards {
			take(forward.Local, name)
			if want := ports[name]; forward.Container != want {
				say("%s is forwarded to port %d, the operator has it at %d", name, forward.Container, want)
			}
		}
	}
	for _, name := range services {
		if resource := resources[name]; resource != nil && len(resource.Forwards) == 0 {
			say("%s has no local port", name)
		}
	}
	for _, call := range t.of("local_resource") {
		if ready, ok := call.Args["readiness_probe"].(*starlarkstruct.Struct); ok {
			if get, err := ready.Attr("http_get"); err == nil {
				take(number(get.(*starlarkstruct.Struct), "port"), call.text("name"))
			}
		}
	}
}

// Whatever is run is there and may be run.
func (t *Tilt) commandRules(say func(string, ...any)) {
	for _, call := range t.Calls {
		for _, name := range []string{"cmd", "serve_cmd", "command", "apply_cmd", "delete_cmd"} {
			if call.Args[name] == nil {
				continue
			}
			if _, ok := call.Args[name].(*starlark.List); !ok {
				say("%s(%s): %s is no list, so a shell takes it apart", call.Name, call.text("name"), name)
				continue
			}
			program := call.texts(name)[0]
			if slices.Contains([]string{"cargo", "true"}, program) {
				continue
			}
			info, err := os.Stat(filepath.Join(t.Root, program))
			if err != nil {
				say("%s runs %s, which is not there", call.Name, program)
			} else if info.Mode()&0o111 == 0 || info.IsDir() {
				say("%s runs %s, which is no program", call.Name, program)
			}
		}
		for _, dep := range call.texts("deps") {
			if call.Name != "custom_build" && !t.exists(dep) {
				say("%s(%s) looks at %s, which is not there", call.Name, call.text("name"), dep)
			}
		}
	}
}

// Only clusters of this machine, and a registry only where one is asked for.
func (t *Tilt) clusterRules(say func(string, ...any)) {
	allowed := t.of("allow_k8s_contexts")
	if len(allowed) != 1 || !slices.Equal(allowed[0].texts("contexts"), []string{"test", "default"}) {
		say("the contexts are not restricted to those of the test cluster and k3s")
	}
	if given := t.Settings["registry"] != ""; given != (len(t.of("default_registry")) == 1) {
		say("default_registry does not follow --registry")
	}
}
