package settings

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

// formats are what files may be written in, by the ends of their names.
var formats = map[string]string{".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}

// file is a file with settings.
type file struct {
	path string
	text []byte
}

// openFile reads a file into v.
func openFile(path string, v *viper.Viper) (*file, error) {
	format, ok := formats[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return nil, fmt.Errorf("%s: expected a name that ends in .yaml, .toml or .json", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v.SetConfigType(format)
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &file{path, text}, nil
}

// position says in which line a key stands. The readers of files tell nobody, but since settings do not nest, a key is the
// first word of its line, or follows a brace or a comma in JSON.
func (f *file) position(key string) string {
	re := regexp.MustCompile(`(?im)(?:^|[{,])[ \t\[]*["']?` + regexp.QuoteMeta(key) + `["']?[ \t]*[\]:=.]`)
	at := re.FindIndex(f.text)
	if at == nil {
		return f.path
	}
	return fmt.Sprintf("%s:%d", f.path, 1+bytes.Count(f.text[:at[1]], []byte("\n")))
}

// unknown returns which of the keys, as viper lists them, are no settings, in the order of their names.
func (f *file) unknown(keys []string) (unknown []string) {
	for _, key := range keys {
		key, _, _ = strings.Cut(key, ".") // of a table
		if !slices.Contains(slices.Collect(names()), key) {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	return slices.Compact(unknown)
}
