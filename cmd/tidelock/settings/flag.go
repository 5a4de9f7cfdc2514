package settings

import (
	"time"

	"github.com/spf13/pflag"
)

// fileFlag names the file with settings. It is no setting itself, since a file cannot say where it is.
const fileFlag = "config"

// AddFlags declares a flag for the file, and one for each setting.
func AddFlags(flags *pflag.FlagSet) {
	flags.String(fileFlag, "", "file with settings (YAML, TOML or JSON)")
	defaults := Defaults()
	for _, r := range rows {
		switch value := r.value(&defaults).(type) {
		case bool:
			flags.Bool(r.Name, value, r.usage())
		case []string:
			flags.StringSlice(r.Name, value, r.usage())
		case time.Duration:
			flags.Duration(r.Name, value, r.usage())
		case int:
			flags.Int(r.Name, value, r.usage())
		case Secret:
			flags.String(r.Name+fileSuffix, "", "file with: "+r.usage())
		default:
			flags.String(r.Name, show(value), r.usage())
		}
	}
}

// usage is the meaning with the words that are allowed.
func (r *row) usage() string {
	if len(r.Values) < 2 {
		return r.Doc
	}
	text := r.Doc + ":"
	for i, word := range r.Values {
		switch {
		case i == 0:
			text += " "
		case i == len(r.Values)-1:
			text += " or "
		default:
			text += ", "
		}
		text += word
	}
	return text
}

// Words returns the settings of which only certain words are values, for shells to complete.
func Words() map[string][]string {
	words := make(map[string][]string)
	for _, r := range rows {
		if len(r.Values) > 0 {
			words[r.Name] = r.Values
		}
	}
	return words
}
