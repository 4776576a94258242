package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// Machine is what a Tiltfile can see of where it runs.
type Machine struct {
	Root, Helm, Context, Server string
	// A program that is not installed.
	Missing string
	// What stands behind -- on the command line.
	Settings map[string]string
	// The Tiltfile's text; that of ROOT/Tiltfile when empty.
	Text string
}

func (m Machine) with(change func(*Machine)) Machine {
	change(&m)
	return m
}

// Call is one call of a built-in: its arguments by name, as far as they were given.
type Call struct {
	Name string
	Args map[string]starlark.Value
}

func (c Call) text(name string) string {
	text, _ := starlark.AsString(c.Args[name])
	return text
}

// texts reads a string or a list of them.
func (c Call) texts(name string) []string {
	switch value := c.Args[name].(type) {
	case starlark.String:
		return []string{string(value)}
	case starlark.Iterable:
		var found []string
		for item := range starlark.Elements(value) {
			text, _ := starlark.AsString(item)
			found = append(found, text)
		}
		return found
	}
	return nil
}

// Tilt remembers the calls.
type Tilt struct {
	Machine
	Calls  []Call
	loaded map[string]starlark.StringDict
}

func (t *Tilt) of(name string) (found []Call) {
	for _, call := range t.Calls {
		if call.Name == name {
			found = append(found, call)
		}
	}
	return found
}

// What Tilt's own interpreter allows beyond Starlark's default.
var dialect = &syntax.FileOptions{Set: true, GlobalReassign: true, TopLevelControl: true, While: false}

// The parameters of the built-ins that the Tiltfile may use, as Tilt documents them; those that must be given come before the |.
var signatures = map[string]string{
	"version_settings":   "| check_updates constraint",
	"update_settings":    "| max_parallel_updates k8s_upsert_timeout_secs suppress_unused_image_warnings k8s_server_side_apply",
	"default_registry":   "host | host_from_cluster single_name",
	"allow_k8s_contexts": "contexts |",
	"local_resource": "name | cmd deps trigger_mode resource_deps ignore auto_init serve_cmd cmd_bat serve_cmd_bat allow_parallel links " +
		"labels env serve_env readiness_probe dir serve_dir",
	"custom_build": "ref command deps | tag disable_push skips_local_docker live_update match_in_env_vars ignore entrypoint " +
		"command_bat_val outputs_image_ref_to command_bat image_deps env dir",
	"k8s_yaml": "yaml | allow_duplicates",
	"k8s_kind": "kind | api_version image_json_path image_object_json_path pod_readiness",
	"k8s_resource": "| workload new_name port_forwards extra_pod_selectors trigger_mode resource_deps objects auto_init pod_readiness " +
		"links labels discovery_strategy",
	"k8s_custom_deploy": "name apply_cmd delete_cmd deps | image_selector live_update apply_dir apply_env apply_cmd_bat delete_dir " +
		"delete_env delete_cmd_bat container_selector image_deps",
	"port_forward":    "local_port | container_port name link_path host",
	"link":            "url | name",
	"probe":           "| initial_delay_secs timeout_secs period_secs success_threshold failure_threshold exec http_get tcp_socket",
	"http_get_action": "port | host scheme path",
}

// Those whose value the Tiltfile passes on.
var valued = []string{"port_forward", "link", "probe", "http_get_action"}

// Failed is what fail() said.
type Failed struct{ Sentence string }

func (f *Failed) Error() string { return f.Sentence }

func failure(err error) (string, bool) {
	var failed *Failed
	if errors.As(err, &failed) {
		return failed.Sentence, true
	}
	return "", false
}

// run executes the Tiltfile on this machine.
func (m Machine) run() (*Tilt, error) {
	tilt := &Tilt{Machine: m, loaded: map[string]starlark.StringDict{}}
	path := filepath.Join(m.Root, "Tiltfile")
	text := []byte(m.Text)
	if m.Text == "" {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	_, err := tilt.execute(path, text)
	return tilt, err
}

func (t *Tilt) execute(path string, text []byte) (starlark.StringDict, error) {
	thread := &starlark.Thread{Name: path, Load: func(_ *starlark.Thread, module string) (starlark.StringDict, error) {
		if !strings.HasPrefix(module, "./") {
			return nil, fmt.Errorf("load(%q): only files of this repository, an extension is fetched when it runs", module)
		}
		target := filepath.Join(filepath.Dir(path), module)
		if known, ok := t.loaded[target]; ok {
			return known, nil
		}
		text, err := os.ReadFile(target)
		if err != nil {
			return nil, err
		}
		t.loaded[target], err = t.execute(target, text)
		return t.loaded[target], err
	}}
	globals, err := starlark.ExecFileOptions(dialect, thread, path, text, t.builtins())
	var evaluation *starlark.EvalError
	if _, said := failure(err); !said && errors.As(err, &evaluation) {
		return nil, errors.New(evaluation.Backtrace())
	}
	return globals, err
}

func (t *Tilt) builtins() starlark.StringDict {
	all := starlark.StringDict{
		"TRIGGER_MODE_AUTO":   starlark.String("auto"),
		"TRIGGER_MODE_MANUAL": starlark.String("manual"),
		"struct":              starlark.NewBuiltin("struct", starlarkstruct.Make),
	}
	for name := range signatures {
		all[name] = starlark.NewBuiltin(name, t.remember)
	}
	for name, function := range map[string]func(arguments []starlark.Value, named map[string]starlark.Value) (starlark.Value, error){
		"fail":                 t.fail,
		"local":                t.local,
		"k8s_context":          t.context,
		"helm":                 t.helm,
		"read_yaml":            t.readYAML,
		"encode_yaml":          encodeYAML,
		"encode_yaml_stream":   encodeYAMLStream,
		"decode_yaml_stream":   decodeYAMLStream,
		"config.parse":         t.settings,
		"config.define_string": t.define,
		"os.getenv":            getenv,
		"os.path.join":         join,
	} {
		all[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			named := map[string]starlark.Value{}
			for _, pair := range kwargs {
				named[string(pair[0].(starlark.String))] = pair[1]
			}
			return function(args, named)
		})
	}
	module := func(prefix string, more starlark.StringDict) *starlarkstruct.Struct {
		members := maps.Clone(more)
		for name, value := range all {
			if rest, ok := strings.CutPrefix(name, prefix+"."); ok && !strings.Contains(rest, ".") {
				members[rest] = value
			}
		}
		return starlarkstruct.FromStringDict(starlarkstruct.Default, members)
	}
	all["config"] = module("config", starlark.StringDict{})
	all["os"] = module("os", starlark.StringDict{"path": module("os.path", starlark.StringDict{})})
	return all
}

// remember binds the arguments to the parameters that Tilt documents, and keeps the call.
func (t *Tilt) remember(_ *starlark.Thread, builtin *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	required, optional, _ := strings.Cut(signatures[builtin.Name()], "|")
	must := strings.Fields(required)
	parameters := append(slices.Clone(must), strings.Fields(optional)...)
	call := Call{builtin.Name(), map[string]starlark.Value{}}
	if len(args) > len(parameters) {
		return nil, fmt.Errorf("%s takes no more than %d arguments", call.Name, len(parameters))
	}
	for i, value := range args {
		call.Args[parameters[i]] = value
	}
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		if !slices.Contains(parameters, name) {
			return nil, fmt.Errorf("%s has no parameter %s", call.Name, name)
		}
		if _, twice := call.Args[name]; twice {
			return nil, fmt.Errorf("%s is given %s twice", call.Name, name)
		}
		call.Args[name] = pair[1]
	}
	for _, name := range must {
		if call.Args[name] == nil {
			return nil, fmt.Errorf("%s needs %s", call.Name, name)
		}
	}
	if slices.Contains(valued, call.Name) {
		return starlarkstruct.FromStringDict(starlark.String(call.Name), call.Args), nil
	}
	t.Calls = append(t.Calls, call)
	return starlark.None, nil
}

func (t *Tilt) fail(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	sentence, _ := starlark.AsString(args[0])
	return nil, &Failed{sentence}
}

func (t *Tilt) context([]starlark.Value, map[string]starlark.Value) (starlark.Value, error) {
	return starlark.String(t.Context), nil
}

// local answers the two questions that the Tiltfile asks of the machine; nothing is run.
func (t *Tilt) local(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	command, _ := starlark.AsString(args[0])
	if tool, ok := strings.CutPrefix(command, "command -v "); ok {
		tool, _, _ = strings.Cut(tool, " ")
		if tool == t.Missing {
			return starlark.String(""), nil
		}
		return starlark.String("/usr/bin/" + tool + "\n"), nil
	}
	if strings.HasPrefix(command, "kubectl config view --minify ") {
		return starlark.String(t.Server), nil
	}
	return nil, fmt.Errorf("local(%q) is not one that this check knows", command)
}

// The chart is the same in every situation, and rendering it is most of the work.
var rendered = map[string]starlark.Value{}

// helm renders the chart as Tilt does.
func (t *Tilt) helm(args []starlark.Value, named map[string]starlark.Value) (starlark.Value, error) {
	chart, _ := starlark.AsString(args[0])
	given := Call{Args: named}
	arguments := []string{
		"template", given.text("name"), filepath.Join(t.Root, chart),
		"--namespace", given.text("namespace"), "--kube-version", given.text("kube_version"), "--include-crds",
	}
	key := strings.Join(arguments, " ")
	if output, known := rendered[key]; known {
		return output, nil
	}
	command := exec.Command(t.Helm, arguments...)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("helm template: %w", err)
	}
	rendered[key] = starlark.String(output)
	return rendered[key], nil
}

func (t *Tilt) define([]starlark.Value, map[string]starlark.Value) (starlark.Value, error) {
	return starlark.None, nil
}

func (t *Tilt) settings([]starlark.Value, map[string]starlark.Value) (starlark.Value, error) {
	settings := starlark.NewDict(len(t.Settings))
	for name, value := range t.Settings {
		if err := settings.SetKey(starlark.String(name), starlark.String(value)); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

// No variable is set.
func getenv(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	if len(args) == 2 {
		return args[1], nil
	}
	return starlark.None, nil
}

func join(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	var parts []string
	for _, part := range args {
		text, _ := starlark.AsString(part)
		parts = append(parts, text)
	}
	return starlark.String(filepath.Join(parts...)), nil
}
