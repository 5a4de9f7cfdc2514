package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Media types of the artifact and its parts.
const (
	ArtifactType      = "application/vnd.tidelock.bundle.v1"
	ManifestMediaType = "application/vnd.tidelock.bundle.manifest.v1+json"
	layerMediaType    = "application/vnd.tidelock.bundle.%s.v1.tar" // with the kind
)

func layerType(kind Kind) string { return fmt.Sprintf(layerMediaType, kind) }

// ErrDigest is in the error of a blob that is not what its digest says.
var ErrDigest = errors.New("content does not match its digest")

// Artifact is a bundle as OCI sees it: an image manifest with its blobs, and the signatures that refer to it. Whatever else
// refers to it stays where it is. It is held in memory, and every blob in it matches its digest; what the blobs say is checked by Unpack.
type Artifact struct {
	root      ocispec.Descriptor
	referrers []ocispec.Descriptor // signatures, in the order of their digests
	skipped   []error              // why other signatures are not among them
	blobs     map[digest.Digest][]byte
	size      int64
}

// NewArtifact returns an artifact without blobs, to be filled from a source that knows its root.
func NewArtifact(root ocispec.Descriptor) *Artifact {
	return &Artifact{root: ocispec.Descriptor{
		MediaType: root.MediaType, Digest: root.Digest, Size: root.Size, ArtifactType: ArtifactType,
	}, blobs: map[digest.Digest][]byte{}}
}

// Digest returns the digest of the image manifest, "sha256:...": what signatures sign and configurations pin.
func (a *Artifact) Digest() string { return a.root.Digest.String() }

// Root describes the image manifest.
func (a *Artifact) Root() ocispec.Descriptor { return a.root }

// Referrers describe the manifests whose subject is the root: those of signatures.
func (a *Artifact) Referrers() []ocispec.Descriptor { return slices.Clone(a.referrers) }

// Size returns the bytes of all blobs.
func (a *Artifact) Size() int64 { return a.size }

// Add takes up a blob that a descriptor describes.
func (a *Artifact) Add(d ocispec.Descriptor, content []byte) error {
	if err := CheckDescriptor(d); err != nil {
		return err
	}
	if int64(len(content)) != d.Size || digest.SHA256.FromBytes(content) != d.Digest {
		return fmt.Errorf("%w: expected %d bytes with %s, found %d bytes with %s",
			ErrDigest, d.Size, d.Digest, len(content), digest.SHA256.FromBytes(content))
	}
	if _, known := a.blobs[d.Digest]; known {
		return nil
	}
	if a.size += d.Size; a.size > MaxSize || len(a.blobs) >= maxBlobs {
		return fmt.Errorf("more than %d bytes or %d blobs", MaxSize, maxBlobs)
	}
	a.blobs[d.Digest] = content
	return nil
}

// Blob returns the content that a descriptor describes.
func (a *Artifact) Blob(d ocispec.Descriptor) ([]byte, error) {
	content, known := a.blobs[d.Digest]
	if !known {
		return nil, fmt.Errorf("blob %s is missing", d.Digest)
	}
	if int64(len(content)) != d.Size {
		return nil, fmt.Errorf("%w: %s has %d bytes, expected %d", ErrDigest, d.Digest, len(content), d.Size)
	}
	return content, nil
}

// ImageManifest returns the image manifest of the root or of a referrer.
func (a *Artifact) ImageManifest(d ocispec.Descriptor) (ocispec.Manifest, error) {
	var m ocispec.Manifest
	content, err := a.Blob(d)
	if err == nil {
		err = parseImageManifest(content, &m)
	}
	return m, err
}

// digests returns those of all blobs, in order.
func (a *Artifact) digests() []digest.Digest { return slices.Sorted(maps.Keys(a.blobs)) }

// Fetch, Exists and Predecessors make an artifact a source that oras copies from.

// Fetch implements content.Fetcher.
func (a *Artifact) Fetch(_ context.Context, d ocispec.Descriptor) (io.ReadCloser, error) {
	content, err := a.Blob(d)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// Exists implements content.ReadOnlyStorage.
func (a *Artifact) Exists(_ context.Context, d ocispec.Descriptor) (bool, error) {
	_, known := a.blobs[d.Digest]
	return known, nil
}

// Predecessors implements content.PredecessorFinder.
func (a *Artifact) Predecessors(_ context.Context, d ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	if d.Digest == a.root.Digest {
		return a.Referrers(), nil
	}
	return nil, nil
}

// CheckDescriptor refuses what cannot be a part of a bundle, before anything is read for it.
func CheckDescriptor(d ocispec.Descriptor) error {
	if err := d.Digest.Validate(); err != nil || d.Digest.Algorithm() != digest.SHA256 {
		return fmt.Errorf("expected a SHA-256 digest, found %.128q", d.Digest)
	}
	limit := int64(MaxLayer)
	if d.MediaType == ocispec.MediaTypeImageManifest || d.MediaType == ocispec.MediaTypeImageIndex {
		limit = maxIndex
	}
	if d.Size < 0 || d.Size > limit {
		return fmt.Errorf("blob %s of %d bytes, more than %d", d.Digest, d.Size, limit)
	}
	if len(d.URLs) > 0 || d.Data != nil {
		return fmt.Errorf("blob %s lies elsewhere", d.Digest)
	}
	return nil
}

// parseImageManifest reads an OCI image manifest. Annotations and fields that we do not know are others' business.
func parseImageManifest(content []byte, m *ocispec.Manifest) error {
	if len(content) > maxIndex {
		return fmt.Errorf("image manifest of %d bytes, more than %d", len(content), maxIndex)
	}
	if err := json.Unmarshal(content, m); err != nil {
		return fmt.Errorf("image manifest: %w", err)
	}
	if m.SchemaVersion != 2 || m.MediaType != "" && m.MediaType != ocispec.MediaTypeImageManifest {
		return fmt.Errorf("image manifest: expected %s, found %.128q", ocispec.MediaTypeImageManifest, m.MediaType)
	}
	if len(m.Layers) > maxLayers {
		return fmt.Errorf("image manifest: %d layers", len(m.Layers))
	}
	return nil
}

// newImageManifest returns an image manifest of our own.
func newImageManifest() ocispec.Manifest {
	return ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
}
