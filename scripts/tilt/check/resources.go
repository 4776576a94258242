package main

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Resource is a line in Tilt's list.
type Resource struct {
	Labels, After []string
	Forwards      []Forward
	// Whether it waits to be asked.
	Manual bool
}

// Forward is a local port and where it leads.
type Forward struct{ Local, Container int64 }

// resources puts the calls together, as Tilt does.
func (t *Tilt) resources() map[string]*Resource {
	found := map[string]*Resource{}
	for _, object := range t.objects() {
		if t.isWorkload(object) {
			found[object.name()] = &Resource{}
		}
	}
	for _, call := range t.of("k8s_custom_deploy") {
		found[call.text("name")] = &Resource{}
	}
	for _, call := range t.of("local_resource") {
		automatic, given := call.Args["auto_init"].(starlark.Bool)
		found[call.text("name")] = &Resource{
			Labels: call.texts("labels"),
			After:  call.texts("resource_deps"),
			Manual: given && !bool(automatic) && call.text("trigger_mode") == "manual",
		}
	}
	for _, call := range t.of("k8s_resource") {
		name := call.text("workload")
		resource := found[name]
		if resource == nil {
			resource = &Resource{}
		}
		if other := call.text("new_name"); other != "" {
			delete(found, name)
			name = other
		}
		resource.Labels, resource.After = call.texts("labels"), call.texts("resource_deps")
		resource.Forwards = forwards(call.Args["port_forwards"])
		found[name] = resource
	}
	return found
}

func forwards(value starlark.Value) (found []Forward) {
	if list, ok := value.(*starlark.List); ok {
		for item := range starlark.Elements(list) {
			found = append(found, forwards(item)...)
		}
	}
	if forward, ok := value.(*starlarkstruct.Struct); ok {
		found = append(found, Forward{number(forward, "local_port"), number(forward, "container_port")})
	}
	return found
}

func number(of *starlarkstruct.Struct, name string) int64 {
	value, err := of.Attr(name)
	if err != nil {
		return 0
	}
	integer, _ := value.(starlark.Int)
	number, _ := integer.Int64()
	return number
}

// Object is one of Kubernetes'.
type Object map[string]any

func (o Object) kind() string { return fmt.Sprint(o["kind"]) }

func (o Object) name() string {
	metadata, _ := o["metadata"].(map[string]any)
	return fmt.Sprint(metadata["name"])
}

// at follows a JSON path such as {.spec.image}; nil where there is nothing.
func (o Object) at(path string) any {
	var here any = map[string]any(o)
	for _, step := range strings.Split(strings.Trim(path, "{.}"), ".") {
		object, _ := here.(map[string]any)
		here = object[step]
	}
	return here
}

// objects are those that Tilt applies itself. What can't be read is told by faults.
func (t *Tilt) objects() (found []Object) {
	for _, call := range t.of("k8s_yaml") {
		read, _ := documents(call.text("yaml"))
		for _, document := range read {
			object, _ := document.(map[string]any)
			found = append(found, object)
		}
	}
	return found
}

func (t *Tilt) isWorkload(object Object) bool {
	if slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"}, object.kind()) {
		return true
	}
	return slices.ContainsFunc(t.of("k8s_kind"), func(call Call) bool { return call.text("kind") == object.kind() })
}

// images are those that an object runs, without their tags.
func (t *Tilt) images(object Object) (found []string) {
	if containers, ok := object.at("{.spec.template.spec.containers}").([]any); ok {
		for _, container := range containers {
			found = append(found, fmt.Sprint(Object(container.(map[string]any))["image"]))
		}
	}
	for _, call := range t.of("k8s_kind") {
		if call.text("kind") != object.kind() {
			continue
		}
		for _, path := range call.texts("image_json_path") {
			image, ok := object.at(path).(string)
			if !ok {
				image = "nothing at " + path
			}
			found = append(found, image)
		}
	}
	for i, image := range found {
		if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
			found[i] = image[:colon]
		}
	}
	return found
}
