package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"tidelock/proxy/capability"
)

// bundleName is what OCI allows as the name of a repository.
var bundleName = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// validate reports everything that is wrong with a manifest, beyond the types of its fields.
func (m *Manifest) validate() error {
	var errs []error
	fail := func(format string, arguments ...any) { errs = append(errs, fmt.Errorf(format, arguments...)) }
	if !bundleName.MatchString(m.Name) || len(m.Name) > 128 {
		fail("name: expected lower case letters, digits, and single dots, dashes, underscores or slashes between them, found %.128q", m.Name)
	}
	if m.Version.IsZero() {
		fail("version: expected a semantic version such as 1.2.3")
	}
	if m.Description != "" && !capability.IsText(m.Description) {
		fail("description: expected one line of at most %d bytes", maxText)
	}
	if !slices.Contains(Dialects, m.Dialect) {
		fail("dialect: expected one of %s, found %.64q", strings.Join(Dialects, ", "), m.Dialect)
	}
	if err := checkPath(m.Entry); err != nil {
		fail("entry: %w", err)
	} else if KindOf(m.Entry) != Scripts {
		fail("entry: expected a file that ends in .lua, found '%s'", m.Entry)
	}
	errs = append(errs, m.validateRegistrations(), m.Capabilities.Validate(), m.Limits.validate())
	return errors.Join(errs...)
}

func (m *Manifest) validateRegistrations() error {
	if len(m.Registrations) > maxList {
		return fmt.Errorf("registrations: more than %d", maxList)
	}
	seen := map[Registration]bool{}
	for i, r := range m.Registrations {
		switch {
		case !slices.Contains(Kinds, r.Kind):
			return fmt.Errorf("registrations[%d].kind: expected one of %s, found %.64q", i, strings.Join(Kinds, ", "), r.Kind)
		case (r.Kind == "task") != (r.Name == ""):
			return fmt.Errorf("registrations[%d].name: expected for everything but tasks", i)
		case r.Name != "" && !capability.IsText(r.Name):
			return fmt.Errorf("registrations[%d].name: expected one line of at most %d bytes", i, maxText)
		case seen[r]:
			return fmt.Errorf("registrations[%d]: %s '%s' stands twice", i, r.Kind, r.Name)
		}
		seen[r] = true
	}
	return nil
}

func (l Limits) validate() error {
	if l.Isolation != "" && !slices.Contains(Isolations, l.Isolation) {
		return fmt.Errorf("limits.isolation: expected one of %s, found %.64q", strings.Join(Isolations, ", "), l.Isolation)
	}
	if l.Memory < 0 || l.Fuel < 0 || l.Executions < 0 {
		return errors.New("limits: expected no negative number")
	}
	return nil
}

// checkPath refuses paths that are not below the bundle, or not everywhere the same file.
func checkPath(name string) error {
	switch {
	case name == "":
		return errors.New("expected a path")
	case len(name) > maxPath:
		return fmt.Errorf("path of %d bytes, more than %d", len(name), maxPath)
	case !fs.ValidPath(name) || name == ".":
		return fmt.Errorf("path %q is not below the bundle", name)
	case !capability.IsText(name) || strings.ContainsAny(name, `\:*?"<>|`):
		return fmt.Errorf("path %q has a character that not every system takes", name)
	}
	return nil
}
