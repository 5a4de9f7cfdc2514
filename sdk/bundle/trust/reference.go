package trust

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/registry"
)

// Reference says where a bundle is.
type Reference struct {
	Registry string // HOST[:PORT]/NAME[:TAG][@DIGEST], when it is in a registry
	Path     string // of a layout, a folder or a tar file, when it is in a file
	Digest   string // "sha256:..." when it is pinned
}

var digestSyntax = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ParseReference reads oci:HOST/NAME[:TAG][@sha256:DIGEST] or file:PATH[@sha256:DIGEST].
func ParseReference(text string) (Reference, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	place, pin := rest, ""
	if i := strings.LastIndex(rest, "@sha256:"); i >= 0 {
		place, pin = rest[:i], rest[i+1:]
		if !digestSyntax.MatchString(pin) {
			return Reference{}, fmt.Errorf("'%s': expected sha256: and 64 digits after @", text)
		}
	}
	switch {
	case place == "":
	case scheme == "oci":
		return Reference{Registry: rest, Digest: pin}, nil
	case scheme == "file":
		return Reference{Path: place, Digest: pin}, nil
	}
	return Reference{}, fmt.Errorf("'%s': expected oci:HOST/NAME:TAG, file:PATH, either with @sha256:DIGEST after it", text)
}

// Load reads the artifact, which is not trusted yet.
func (r Reference) Load(ctx context.Context, o registry.Options) (*bundle.Artifact, error) {
	if r.Path != "" {
		return bundle.ReadLayout(r.Path)
	}
	return registry.Pull(ctx, r.Registry, o)
}
