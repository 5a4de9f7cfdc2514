package bundle

import (
	"encoding/json"
	"errors"
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
		return nil, fmt.Errorf("not an OCI layout: expected the version %s, found %.64q", ocispec.ImageLayoutVersion, layout.Version)
	}
	if content, err = read(ocispec.ImageIndexFile, maxIndex); err != nil {
		return nil, err
	}
	var index ocispec.Index
	if err := json.Unmarshal(content, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", ocispec.ImageIndexFile, err)
	}
	if len(index.Manifests) > maxListed+1 {
		return nil, fmt.Errorf("%s: %d manifests, more than %d", ocispec.ImageIndexFile, len(index.Manifests), maxListed+1)
	}
	blob := func(d ocispec.Descriptor) ([]byte, error) {
		if err := CheckDescriptor(d); err != nil {
			return nil, err
		}
		return read(blobPath(d.Digest.Encoded()), d.Size)
	}
	a, err := findRoot(index, blob)
	if err != nil {
		return nil, err
	}
	if err := a.Collect(blob); err != nil {
		return nil, err
	}
	a.CollectSignatures(index.Manifests, blob)
	return a, nil
}

// Source reads the blob that a descriptor describes. It need not compare digests.
type Source func(ocispec.Descriptor) ([]byte, error)

// findRoot finds the bundle among the manifests of an index, of which there must be one. Manifests that cannot be read
// may be anybody's.
func findRoot(index ocispec.Index, blob Source) (*Artifact, error) {
	var a *Artifact
	broken := []error{fmt.Errorf("no bundle: expected a manifest of the artifact type %s", ArtifactType)}
	for _, d := range index.Manifests {
		if d.MediaType != ocispec.MediaTypeImageManifest {
			continue // such as the index by which tools keep referrers under a tag
		}
		var m ocispec.Manifest
		content, err := blob(d)
		if err == nil {
			err = parseImageManifest(content, &m)
		}
		switch {
		case err != nil:
			broken = append(broken, fmt.Errorf("%.80q: %w", d.Digest, err))
		case m.Subject != nil || m.ArtifactType != ArtifactType:
		case a != nil && a.root.Digest != d.Digest:
			return nil, fmt.Errorf("two bundles, %s and %s: expected one", a.root.Digest, d.Digest)
		default:
			a = NewArtifact(d)
		}
	}
	if a == nil {
		return nil, errors.Join(broken...)
	}
	return a, nil
}

// Collect takes up the root's manifest and its blobs.
func (a *Artifact) Collect(blob Source) error {
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

func (a *Artifact) fetchBlobs(m ocispec.Manifest, blob Source) error {
	for _, d := range append([]ocispec.Descriptor{m.Config}, m.Layers...) {
		if err := CheckDescriptor(d); err != nil {
			return err
		}
		if _, known := a.blobs[d.Digest]; known {
			continue // a layer that stands there a thousand times is read once
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
