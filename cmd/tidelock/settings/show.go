package settings

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"
)

// Print writes each setting with its value and where that is from.
func (s *Settings) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, quoted(show(r.value(s))), s.Origin(r.Name))
	}
	return table.Flush()
}

// quoted makes a value visible that has nothing, or nothing but spaces around it.
func quoted(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

// shown is a setting in JSON.
type shown struct {
	Name    string `json:"name"`
	Value   any    `json:"value"`
	Default any    `json:"default"`
	Source  Source `json:"source"`
	Place   string `json:"place,omitempty"`
	Live    bool   `json:"live"`
}

// PrintJSON writes the same for programs.
func (s *Settings) PrintJSON(w io.Writer) error {
	defaults := Defaults()
	all := make([]shown, len(rows))
	for i, r := range rows {
		origin := s.Origin(r.Name)
		all[i] = shown{r.Name, plain(r.value(s)), plain(r.value(&defaults)), origin.Source, origin.Place, r.Live}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

// plain is a value of the type that JSON and the schema have for it.
func plain(value any) any {
	switch value := value.(type) {
	case bool, int:
		return value
	case []string:
		if value == nil {
			return []string{}
		}
		return value
	}
	return show(value)
}

// Changes compares the settings with those of a reload. It names what the running process takes over, and what it takes a
// restart for.
func (s *Settings) Changes(next *Settings) (live, restart []string) {
	for _, r := range rows {
		switch {
		case reflect.DeepEqual(r.value(s), r.value(next)):
		case r.Live:
			live = append(live, r.Name)
		default:
			restart = append(restart, r.Name)
		}
	}
	return live, restart
}

// TakeLive takes over what can change in a running process.
func (s *Settings) TakeLive(next *Settings) {
	for _, r := range rows {
		if r.Live {
			r.field(s).Set(r.field(next))
			s.origins[r.Name] = next.Origin(r.Name)
		}
	}
}
