package bundle

import (
	"encoding/json"
	"fmt"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// readLayout reads a layout through a function that reads one of its files, of limited size.
func readLayout(read func(name string, limit int64) ([]byte, error)) (*Artifact, error) {
	content, err := read(ocispec.ImageLayoutFile, maxIndex)
	if err != nil {
		return nil, fmt.Errorf("not an OCI layout: %w", err)
	}
	var layout ocispec.ImageLayout
	if err := json.Unmarshal(content, &layout); err != nil || !strings.HasPrefix(layout.Version, "1.") {
		return nil, fmt.Errorf("not an OCI layout: expected the version %s, found '%.64s'", ocispec.ImageLayoutVersion, layout.Version)
	}
	if content, err = read(ocispec.ImageIndexFile, maxIndex); err != nil {
		return nil, err
	}
	var index ocispec.Index
	if err := json.Unmarshal(content, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", ocispec.ImageIndexFile, err)
	}
	if len(index.Manifests) > maxReferrer+1 {
		return nil, fmt.Errorf("%s: %d manifests, more than %d", ocispec.ImageIndexFile, len(index.Manifests), maxReferrer+1)
	}
	blob := func(d ocispec.Descriptor) ([]byte, error) {
		if err := CheckDescriptor(d); err != nil {
			return nil, err
		}
		return read(blobPath(d.Digest.Encoded()), d.Size)
	}
	a, referrers, err := findRoot(index, blob)
	if err != nil {
		return nil, err
	}
	if err := a.Collect(blob); err != nil {
		return nil, err
	}
	for _, d := range referrers {
		if err := a.CollectReferrer(d, blob); err != nil {
			return nil, fmt.Errorf("referrer %s: %w", d.Digest, err)
		}
	}
	return a, nil
}

// findRoot finds the bundle among the manifests of an index, and what refers to it. There must be one bundle.
func findRoot(index ocispec.Index, blob func(ocispec.Descriptor) ([]byte, error)) (*Artifact, []ocispec.Descriptor, error) {
	var a *Artifact
	var referrers []ocispec.Descriptor
	for _, d := range index.Manifests {
		if d.MediaType != ocispec.MediaTypeImageManifest {
			continue // such as the index by which tools keep referrers under a tag
		}
		content, err := blob(d)
		if err != nil {
			return nil, nil, err
		}
		var m ocispec.Manifest
		if err := parseImageManifest(content, &m); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", d.Digest, err)
		}
		switch {
		case m.Subject != nil:
			referrers = append(referrers, d)
		case m.ArtifactType != ArtifactType:
		case a != nil && a.root.Digest != d.Digest:
			return nil, nil, fmt.Errorf("two bundles, %s and %s: expected one", a.root.Digest, d.Digest)
		default:
			a = NewArtifact(d)
		}
	}
	if a == nil {
		return nil, nil, fmt.Errorf("no bundle: expected a manifest of the artifact type %s", ArtifactType)
	}
	return a, referrers, nil
}

// Collect takes up the root's manifest and its blobs through a function that reads one.
func (a *Artifact) Collect(blob func(ocispec.Descriptor) ([]byte, error)) error {
	content, err := blob(a.root)
	if err != nil {
		return err
	}
	if err := a.Add(a.root, content); err != nil {
		return fmt.Errorf("image manifest: %w", err)
	}
	var m ocispec.Manifest
	if err := parseImageManifest(content, &m); err != nil {
		return err
	}
	return a.fetchBlobs(m, blob)
}

// CollectReferrer takes up a manifest that refers to the root, with its blobs. One that refers to something else is
// left out.
func (a *Artifact) CollectReferrer(d ocispec.Descriptor, blob func(ocispec.Descriptor) ([]byte, error)) error {
	content, err := blob(d)
	if err != nil {
		return err
	}
	var m ocispec.Manifest
	if err := parseImageManifest(content, &m); err != nil {
		return err
	}
	if m.Subject == nil || m.Subject.Digest != a.root.Digest {
		return nil
	}
	if err := a.fetchBlobs(m, blob); err != nil {
		return err
	}
	return a.Attach(content)
}

func (a *Artifact) fetchBlobs(m ocispec.Manifest, blob func(ocispec.Descriptor) ([]byte, error)) error {
	for _, d := range append([]ocispec.Descriptor{m.Config}, m.Layers...) {
		if err := CheckDescriptor(d); err != nil {
			return err
		}
		if a.size+d.Size > MaxSize {
			return fmt.Errorf("more than %d bytes", MaxSize)
		}
		content, err := blob(d)
		if err == nil {
			err = a.Add(d, content)
		}
		if err != nil {
			return fmt.Errorf("blob %s: %w", d.Digest, err)
		}
	}
	return nil
}
