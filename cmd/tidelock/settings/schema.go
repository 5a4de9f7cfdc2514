package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// Schema returns the JSON Schema of files with settings.
func Schema() ([]byte, error) {
	defaults := Defaults()
	properties := make(map[string]any)
	for _, r := range rows {
		property := maps.Clone(parsers[r.kind].schema)
		property["description"] = r.Doc
		if len(r.Values) > 0 {
			property["enum"] = r.Values
		}
		if _, ok := property["minimum"]; ok && r.Positive {
			property["minimum"] = 1
		}
		if r.secret() {
			file := maps.Clone(parsers[r.kind].schema)
			delete(file, "writeOnly")
			file["description"] = "file with: " + r.Doc
			properties[r.Name+fileSuffix] = file
		} else if value, ok := r.documented(&defaults).(string); !ok || value != "" {
			property["default"] = r.documented(&defaults)
		}
		properties[r.Name] = property
	}
	return json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "Settings of Tidelock",
		"type":                 "object",
		"additionalProperties": false,
		"properties":           properties,
	}, "", "  ")
}

// documented is a default as documentation has it: without what depends on who runs the program.
func (r *row) documented(defaults *Settings) any {
	if r.Name == "cache-folder" || r.Name == "state-folder" {
		return ""
	}
	return plain(r.value(defaults))
}

// Table returns the reference of all settings for docs/settings.md.
func Table() string {
	defaults := Defaults()
	var b strings.Builder
	group := ""
	for _, r := range rows {
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(&b, "\n### %s\n\n| setting | meaning | default | in `global` | changes live |\n| --- | --- | --- | --- | --- |\n", group)
		}
		name, value, global, live := "`"+r.Name+"`", "", "", ""
		if r.secret() {
			name += ", `" + r.Name + fileSuffix + "`"
		}
		switch shown := show(r.value(&defaults)); {
		case r.Name == "cache-folder":
			value = "`tidelock` in the user's cache folder"
		case r.Name == "state-folder":
			value = "`tidelock` in `XDG_STATE_HOME` or `~/.local/state`"
		case shown != "":
			value = "`" + shown + "`"
		}
		if r.Global != "" {
			global = "`" + r.Global + "`"
		}
		if r.Live {
			live = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, r.usage(), value, global, live)
	}
	return b.String()
}
