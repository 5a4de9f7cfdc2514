// Package bundles runs the bundles of a configuration by an operator's settings: which are trusted, what they may reach, that
// none goes back to an older version, and when another one takes the place of the one that serves.
package bundles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"tidelock/cmd/tidelock/settings"
	"tidelock/guest"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/luabridge"
	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/registry"
	"tidelock/sdk/bundle/signature"
	"tidelock/sdk/bundle/trust"
)

// Policy says which bundles run.
type Policy struct {
	settings settings.Bundles
	trust    trust.Policy
	pins     map[string]string // digests by names
	grants   []grant
	versions *Versions
}

// pullTime bounds how long a registry may take.
const pullTime = time.Minute

var digestSyntax = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// NewPolicy reads what settings say of bundles. Version is that of the program; one that is none is not compared.
func NewPolicy(s *settings.Settings, version string) (*Policy, error) {
	p := &Policy{settings: s.Bundles, pins: make(map[string]string), versions: NewVersions(s.Process.StateFolder)}
	p.trust = trust.Policy{AllowUnsigned: s.Bundles.AllowUnsigned, Registry: registry.Options{PlainHTTP: s.Bundles.PlainHTTP}}
	if v, err := bundle.ParseVersion(strings.TrimPrefix(version, "v")); err == nil {
		p.trust.Version = v
	}
	var failed []error
	each := func(setting string, entries []string, read func(entry string) error) {
		for _, entry := range entries {
			if err := read(entry); err != nil {
				failed = append(failed, fmt.Errorf("settings: %s: %s: %w", s.Origin(setting), setting, err))
			}
		}
	}
	each("bundle-keys", s.Bundles.Keys, func(entry string) error {
		key, err := readKey(entry)
		p.trust.Keys = append(p.trust.Keys, key)
		return err
	})
	each("bundle-pins", s.Bundles.Pins, func(entry string) error {
		name, digest, _ := strings.Cut(entry, "=")
		if name == "" || !digestSyntax.MatchString(digest) {
			return fmt.Errorf("expected NAME=sha256: and 64 digits, found '%s'", entry)
		}
		p.pins[name] = digest
		return nil
	})
	each("bundle-grants", s.Bundles.Grants, func(entry string) error {
		g, err := readGrant(entry)
		p.grants = append(p.grants, g)
		return err
	})
	return p, errors.Join(failed...)
}

// readKey reads FILE [names=PATTERN]... [until=DATE].
func readKey(entry string) (trust.Key, error) {
	words := strings.Fields(entry)
	if len(words) == 0 {
		return trust.Key{}, errors.New("expected the file of a key")
	}
	key := trust.Key{Label: words[0]}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "names":
			if _, err := path.Match(value, ""); err != nil || value == "" {
				return key, fmt.Errorf("expected a pattern of names such as acme/*, found '%s'", value)
			}
			key.Names = append(key.Names, value)
		case "until":
			last, err := time.Parse(time.DateOnly, value)
			if err != nil {
				return key, fmt.Errorf("expected a day such as 2030-01-31, found '%s'", value)
			}
			key.Expires = last.AddDate(0, 0, 1)
		default:
			return key, fmt.Errorf("expected names=PATTERN or until=DATE, found '%s'", word)
		}
	}
	var err error
	key.Public, err = readPublicKey(key.Label)
	return key, err
}

func readPublicKey(file string) (*signature.PublicKey, error) {
	document, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := signature.ParsePublicKey(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// Open finds the bundle of a line in the configuration, and checks it.
func (p *Policy) Open(ctx context.Context, line config.ScriptBundle) (*luabridge.Bundle, error) {
	reference, err := trust.ParseReference(line.Reference)
	if err != nil {
		return nil, err
	}
	artifact, err := p.load(ctx, reference)
	if err != nil {
		return nil, err
	}
	return p.check(artifact, line, reference)
}

func (p *Policy) load(ctx context.Context, reference trust.Reference) (*bundle.Artifact, error) {
	ctx, end := context.WithTimeout(ctx, pullTime)
	defer end()
	return reference.Load(ctx, p.trust.Registry)
}

// trustIn returns whose signature counts for a line. A key that the line names is trusted where settings name none, and else has to
// be among those, which bound what it may sign.
func (p *Policy) trustIn(line config.ScriptBundle) (trust.Policy, error) {
	if line.Key == "" {
		return p.trust, nil
	}
	named, err := readPublicKey(line.Key)
	if err != nil {
		return trust.Policy{}, fmt.Errorf("key=%s: %w", line.Key, err)
	}
	in := p.trust
	in.AllowUnsigned, in.Keys = false, nil
	for _, key := range p.trust.Keys {
		if key.Public.Equal(named) {
			in.Keys = append(in.Keys, key)
		}
	}
	switch {
	case len(p.trust.Keys) == 0:
		in.Keys = []trust.Key{{Label: line.Key, Public: named}}
	case len(in.Keys) == 0:
		return trust.Policy{}, fmt.Errorf("key=%s: expected one of the keys that bundle-keys trusts, found another", line.Key)
	}
	return in, nil
}

// check decides whether an artifact may run, and as what.
func (p *Policy) check(artifact *bundle.Artifact, line config.ScriptBundle, reference trust.Reference) (*luabridge.Bundle, error) {
	trusted, err := p.trustIn(line)
	if err != nil {
		return nil, err
	}
	opened, err := trusted.Check(artifact, reference.Digest)
	if err != nil {
		return nil, err
	}
	m := &opened.Manifest
	u := &luabridge.Bundle{
		Label: m.Name, Version: m.Version.String(), Digest: opened.Digest, Dialect: guest.Dialect(m.Dialect), Entry: m.Entry,
		Files: opened.Files, Grant: &m.Capabilities, Isolation: host.Isolation(m.Limits.Isolation),
	}
	for _, r := range m.Registrations {
		u.Registrations = append(u.Registrations, luabridge.Declared{Kind: r.Kind, Name: r.Name})
	}
	if pin := p.pins[m.Name]; pin != "" && pin != u.Digest {
		return nil, fmt.Errorf("%s: %w: bundle-pins expects %s, found %s", u, trust.ErrDigest, pin, u.Digest)
	}
	err = errors.Join(p.limit(u, m.Limits), p.ungranted(m))
	if !p.settings.AllowOlder {
		err = errors.Join(err, p.versions.Check(m.Name, m.Version))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u, err)
	}
	return u, nil
}

// limit holds what a manifest asks for against the ceilings: what asks for no limit gets the ceiling.
func (p *Policy) limit(u *luabridge.Bundle, asked bundle.Limits) error {
	var failed []error
	bound := func(what string, asked, ceiling int64) int64 {
		if ceiling > 0 && asked > ceiling {
			failed = append(failed, fmt.Errorf("its manifest asks for limits.%s %d, ceiling-bundle-%s allows %d", what, asked, what, ceiling))
		}
		if asked == 0 {
			return ceiling
		}
		return asked
	}
	u.Memory = bound("memory", asked.Memory, int64(p.settings.Memory))
	u.Fuel = bound("fuel", asked.Fuel, int64(p.settings.Fuel))
	u.Executions = int(bound("executions", int64(asked.Executions), int64(p.settings.Executions)))
	return errors.Join(failed...)
}
