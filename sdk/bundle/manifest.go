package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ManifestFile is the name of the manifest in the folder that a bundle is built from.
const ManifestFile = "bundle.json"

// Manifest says what a bundle is, what it offers and what it needs. It is the config blob of the artifact.
// The doc tags are the descriptions in its JSON Schema.
type Manifest struct {
	Schema        string         `json:"$schema,omitempty" doc:"Where editors find this schema; not part of what is built."`
	Name          string         `json:"name" doc:"What signers and operators know the bundle by, such as acme/auth."`
	Version       Version        `json:"version" doc:"Semantic version. A trust policy can refuse to go back."`
	Description   string         `json:"description,omitempty" doc:"One sentence for people who choose bundles."`
	Dialect       string         `json:"dialect" doc:"The Lua that the scripts are written in."`
	Entry         string         `json:"entry" doc:"Path of the script that runs first. It finds the others with require."`
	Registrations []Registration `json:"registrations" doc:"What the scripts register."`
	Capabilities  Capabilities   `json:"capabilities,omitzero" doc:"What the scripts need to reach, for those who review them."`
	Limits        Limits         `json:"limits,omitzero" doc:"What the scripts ask to be bound by."`
	MinVersion    Version        `json:"min-version,omitzero" doc:"The oldest Tidelock that runs the bundle."`
}

// Registration is a function or class that the scripts register.
type Registration struct {
	Kind string `json:"kind" doc:"What it is to the proxy."`
	Name string `json:"name,omitempty" doc:"What rules call it by, after lua. and the bundle's name there. Tasks have none."`
}

// Kinds are those of registrations. Functions that run once at the start are none: every script may have some.
var Kinds = []string{"action", "cli", "converter", "fetch", "filter", "service", "task"}

// Dialects are the values of Manifest.Dialect.
var Dialects = []string{"5.4", "5.1"}

// Limits are zero where a bundle leaves the choice to the operator.
type Limits struct {
	Isolation  string `json:"isolation,omitempty" doc:"What shares memory: see docs/isolation.md."`
	Memory     int64  `json:"memory,omitempty" doc:"Bytes of memory for an instance."`
	Fuel       int64  `json:"fuel,omitempty" doc:"Ticks for one execution, about one for each Lua instruction."`
	Executions int    `json:"executions,omitempty" doc:"Executions at the same time."`
}

// Isolations are the values of Limits.Isolation.
var Isolations = []string{"auto", "registration", "transaction", "script"}

// ErrManifest is in every error about a manifest.
var ErrManifest = errors.New("manifest")

func manifestErrorf(format string, arguments ...any) error {
	return fmt.Errorf("%w: %w", ErrManifest, fmt.Errorf(format, arguments...))
}

// ParseManifest reads a manifest in JSON and checks it. Unlike encoding/json it refuses unknown and repeated fields, other
// spellings of a field, and anything after the object.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := checkDocument(data); err != nil {
		return m, manifestErrorf("%w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return Manifest{}, manifestErrorf("%w", err)
	}
	if err := m.validate(); err != nil {
		return Manifest{}, manifestErrorf("%w", err)
	}
	return m, nil
}

// Encode returns the manifest as it stands in an artifact: the same bytes for the same manifest.
func (m Manifest) Encode() ([]byte, error) {
	m.Schema = ""
	return encode(m)
}

// encode returns v in JSON, compact and without HTML's escapes.
func encode(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), err
}

// checkDocument checks what encoding/json lets pass: size, depth, repeated fields, and fields in other letters (it takes
// "Name" for "name"; two readers that differ in that would see two manifests).
func checkDocument(data []byte) error {
	if len(data) > maxManifest {
		return fmt.Errorf("%d bytes, more than %d", len(data), maxManifest)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	var fields []map[string]bool // of the objects that are open; nil for arrays
	for key := false; ; {
		token, err := decoder.Token()
		switch {
		case err == io.EOF && len(fields) == 0:
			return errors.New("empty")
		case err != nil:
			return err
		}
		open := len(fields) > 0
		inObject := open && fields[len(fields)-1] != nil
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				fields = append(fields, map[string]bool{})
			case '[':
				fields = append(fields, nil)
			default:
				fields = fields[:len(fields)-1]
			}
			if len(fields) > maxDepth {
				return fmt.Errorf("nested more than %d deep", maxDepth)
			}
		case string:
			if inObject && key {
				if fields[len(fields)-1][token] {
					return fmt.Errorf("field %.64q stands twice", token)
				}
				fields[len(fields)-1][token] = true
				if !isFieldName(token) {
					return fmt.Errorf("unknown field %.64q", token)
				}
				key = false
				continue
			}
		}
		if len(fields) == 0 {
			if _, err := decoder.Token(); err != io.EOF {
				return errors.New("something follows the object")
			}
			return nil
		}
		key = fields[len(fields)-1] != nil
	}
}

func isFieldName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && c != '-' && c != '$' {
			return false
		}
	}
	return true
}
