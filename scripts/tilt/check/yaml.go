package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.starlark.net/starlark"
	"sigs.k8s.io/yaml"
)

var between = regexp.MustCompile(`(?m)^---.*$`)

// The definitions are long and the same in every situation.
var parsed = map[string][]any{}

// documents reads a stream of YAML; empty documents are left out. Nobody changes what it gives.
func documents(text string) (found []any, err error) {
	if known, ok := parsed[text]; ok {
		return known, nil
	}
	for _, part := range between.Split(text, -1) {
		var document any
		if err := yaml.Unmarshal([]byte(part), &document); err != nil {
			return nil, err
		}
		if document != nil {
			found = append(found, document)
		}
	}
	parsed[text] = found
	return found, nil
}

func (t *Tilt) readYAML(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	path, _ := starlark.AsString(args[0])
	text, err := os.ReadFile(filepath.Join(t.Root, path))
	if err != nil {
		return nil, err
	}
	found, err := documents(string(text))
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s has %d documents, not one", path, len(found))
	}
	return toStarlark(found[0])
}

func decodeYAMLStream(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	text, _ := starlark.AsString(args[0])
	found, err := documents(text)
	if err != nil {
		return nil, err
	}
	return toStarlark(found)
}

func encodeYAML(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	value, err := fromStarlark(args[0])
	if err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(value)
	return starlark.String(text), err
}

func encodeYAMLStream(args []starlark.Value, _ map[string]starlark.Value) (starlark.Value, error) {
	var texts []string
	for item := range starlark.Elements(args[0].(starlark.Iterable)) {
		text, err := encodeYAML([]starlark.Value{item}, nil)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text.(starlark.String)))
	}
	return starlark.String(strings.Join(texts, "---\n")), nil
}

func toStarlark(value any) (starlark.Value, error) {
	switch value := value.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(value), nil
	case string:
		return starlark.String(value), nil
	case float64:
		if value == float64(int64(value)) {
			return starlark.MakeInt64(int64(value)), nil
		}
		return starlark.Float(value), nil
	case []any:
		list := starlark.NewList(nil)
		for _, item := range value {
			item, err := toStarlark(item)
			if err != nil {
				return nil, err
			}
			if err := list.Append(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		dict := starlark.NewDict(len(value))
		for key, item := range value {
			item, err := toStarlark(item)
			if err != nil {
				return nil, err
			}
			if err := dict.SetKey(starlark.String(key), item); err != nil {
				return nil, err
			}
		}
		return dict, nil
	}
	return nil, fmt.Errorf("no YAML is a %T", value)
}

func fromStarlark(value starlark.Value) (any, error) {
	switch value := value.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(value), nil
	case starlark.String:
		return string(value), nil
	case starlark.Int:
		number, _ := value.Int64()
		return number, nil
	case *starlark.Dict:
		object := map[string]any{}
		for _, pair := range value.Items() {
			key, ok := starlark.AsString(pair[0])
			if !ok {
				return nil, fmt.Errorf("%v is no key", pair[0])
			}
			item, err := fromStarlark(pair[1])
			if err != nil {
				return nil, err
			}
			object[key] = item
		}
		return object, nil
	case starlark.Iterable:
		list := []any{}
		for item := range starlark.Elements(value) {
			item, err := fromStarlark(item)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	return nil, fmt.Errorf("YAML has no %s", value.Type())
}
