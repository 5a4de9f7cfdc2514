package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"tidelock/proxy/nearest"
)

// Load merges the sources of settings and checks every value. All that is wrong is in the error, each with its place. What
// the global section of a configuration says is added by Reconcile.
func Load(flags *pflag.FlagSet, environ []string) (Settings, error) {
	l := &loader{viper: viper.New(), flags: flags, environ: make(map[string]string)}
	s := Defaults()
	l.readEnvironment(environ)
	l.readFile()
	for _, r := range rows {
		l.set(&s, r)
	}
	return s, errors.Join(append(l.errs, s.validate())...)
}

// loader has the sources at hand, and what is wrong with them.
type loader struct {
	viper   *viper.Viper
	flags   *pflag.FlagSet
	environ map[string]string // the variables that are settings, by the setting's name
	file    *file             // nil: there is none
	errs    []error
}

func (l *loader) failf(format string, arguments ...any) {
	l.errs = append(l.errs, fmt.Errorf("settings: "+format, arguments...))
}

// readEnvironment finds the variables that are settings. One that looks like a setting and is none is an error.
func (l *loader) readEnvironment(environ []string) {
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		suffix, ours := strings.CutPrefix(name, variablePrefix)
		if !ours {
			continue
		}
		setting := strings.ReplaceAll(strings.ToLower(suffix), "_", "-")
		if setting != fileFlag && !slices.Contains(slices.Collect(names()), setting) {
			suggestion := ""
			if near := nearest.Name(setting, names()); near != "" {
				suggestion = "; did you mean " + variable(near) + "?"
			}
			l.failf("unknown environment variable %s%s", name, suggestion)
			continue
		}
		l.environ[setting] = value
	}
}

// readFile reads the file that the flag or the environment names.
func (l *loader) readFile() {
	path := l.environ[fileFlag]
	if f := l.flags.Lookup(fileFlag); f != nil && f.Changed {
		path = f.Value.String()
	}
	if path == "" {
		return
	}
	var err error
	if l.file, err = openFile(path, l.viper); err != nil {
		l.failf("%s", err)
		return
	}
	for _, key := range l.file.unknown(l.viper.AllKeys()) {
		l.failf("%s: unknown setting '%s'%s", l.file.position(key), key, didYouMean(key))
	}
}

func didYouMean(name string) string {
	if near := nearest.Name(name, names()); near != "" {
		return "; did you mean '" + near + "'?"
	}
	return ""
}

// set gives a setting its value, from the first source that has one.
func (l *loader) set(s *Settings, r *row) {
	origin, found := l.find(r.Name)
	if r.secret() {
		named, inFile := l.find(r.Name + fileSuffix)
		switch {
		case found && inFile:
			l.failf("%s: %s and %s%s exclude each other", named, r.Name, r.Name, fileSuffix)
			return
		case inFile:
			l.setFromFile(s, r, named)
			return
		}
	}
	if !found {
		return
	}
	l.assign(s, r, origin, l.value(r.Name, origin))
}

func (l *loader) assign(s *Settings, r *row, origin Origin, value any) {
	if err := r.take(s, value); err != nil {
		l.failf("%s: %w", origin.of(r.Name), err)
		return
	}
	s.origins[r.Name] = origin
}

// find says where a setting has its value from.
func (l *loader) find(name string) (Origin, bool) {
	if f := l.flags.Lookup(name); f != nil && f.Changed {
		return Origin{Source: FromFlag, Place: "--" + name}, true
	}
	if _, ok := l.environ[name]; ok {
		return Origin{Source: FromEnvironment, Place: variable(name)}, true
	}
	if l.file != nil && l.viper.InConfig(name) {
		return Origin{Source: FromFile, Place: l.file.position(name)}, true
	}
	return Origin{}, false
}

func (l *loader) value(name string, origin Origin) any {
	switch origin.Source {
	case FromFlag:
		f := l.flags.Lookup(name)
		if list, ok := f.Value.(pflag.SliceValue); ok {
			return anyList(list.GetSlice())
		}
		return f.Value.String()
	case FromEnvironment:
		return l.environ[name]
	}
	return l.viper.Get(name)
}

func anyList(words []string) []any {
	list := make([]any, len(words))
	for i, word := range words {
		list[i] = word
	}
	return list
}

// maxSecret bounds the file of a secret, in bytes.
const maxSecret = 64 << 10

// setFromFile takes a secret from the file that another setting names. A line end behind it is not part of it.
func (l *loader) setFromFile(s *Settings, r *row, named Origin) {
	path := text(l.value(r.Name+fileSuffix, named))
	f, err := os.Open(path)
	if err != nil {
		l.failf("%s: %s%s: %w", named, r.Name, fileSuffix, err)
		return
	}
	defer f.Close()
	secret, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch value := strings.TrimRight(string(secret), "\r\n"); {
	case err != nil:
		l.failf("%s: %s%s: %w", named, r.Name, fileSuffix, err)
	case len(secret) > maxSecret || value == "":
		l.failf("%s: %s%s: %s is empty, or too long for a secret", named, r.Name, fileSuffix, path)
	default:
		l.assign(s, r, Origin{Source: named.Source, Place: named.Place + ", " + path}, value)
	}
}
