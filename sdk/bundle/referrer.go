package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// SignatureMediaType is that of the layer of a signature, a sigstore bundle. Referrers are known by it, since some
// registries report another artifact type than the manifest's.
const SignatureMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"

// AttachSignature adds a signature: a manifest that refers to the root and has one layer.
func (a *Artifact) AttachSignature(document []byte, annotations map[string]string) error {
	subject := ocispec.Descriptor{MediaType: a.root.MediaType, Digest: a.root.Digest, Size: a.root.Size}
	m := newImageManifest()
	m.ArtifactType, m.Annotations, m.Subject = SignatureMediaType, annotations, &subject
	config, errConfig := a.store(ocispec.MediaTypeEmptyJSON, []byte("{}"))
	layer, errLayer := a.store(SignatureMediaType, document)
	m.Config, m.Layers = config, []ocispec.Descriptor{layer}
	encoded, err := encode(m)
	if err := errors.Join(errConfig, errLayer, err); err != nil {
		return err
	}
	d, err := a.store(ocispec.MediaTypeImageManifest, encoded)
	if err != nil {
		return err
	}
	return a.attach(d, m)
}

// attach lists a manifest whose blobs are there among the referrers.
func (a *Artifact) attach(d ocispec.Descriptor, m ocispec.Manifest) error {
	if slices.ContainsFunc(a.referrers, func(r ocispec.Descriptor) bool { return r.Digest == d.Digest }) {
		return nil
	}
	if len(a.referrers) >= maxSignatures {
		return fmt.Errorf("more than %d signatures", maxSignatures)
	}
	a.referrers = append(a.referrers, ocispec.Descriptor{
		MediaType: d.MediaType, Digest: d.Digest, Size: d.Size, ArtifactType: m.ArtifactType, Annotations: m.Annotations,
	})
	slices.SortFunc(a.referrers, func(x, y ocispec.Descriptor) int { return strings.Compare(string(x.Digest), string(y.Digest)) })
	return nil
}

// CollectSignatures takes up the signatures among manifests that may refer to the root. Anybody who can write to a
// repository can add referrers: what cannot be read, is too large or too much is skipped, so that the signatures that remain
// decide, and only they. Those that say that they are signatures come first.
func (a *Artifact) CollectSignatures(referrers []ocispec.Descriptor, blob Source) {
	promising := func(d ocispec.Descriptor) bool {
		return d.ArtifactType == SignatureMediaType || d.Annotations["dev.sigstore.bundle.content"] != ""
	}
	ordered := slices.SortedStableFunc(slices.Values(referrers), func(x, y ocispec.Descriptor) int {
		if promising(x) == promising(y) {
			return 0
		}
		if promising(x) {
			return -1
		}
		return 1
	})
	looked := 0
	for _, d := range ordered {
		if d.MediaType != ocispec.MediaTypeImageManifest || d.Digest == a.root.Digest {
			continue
		}
		if looked++; looked > maxLooked || len(a.referrers) >= maxSignatures {
			a.skipped = append(a.skipped, fmt.Errorf("more than %d referrers or %d signatures", maxLooked, maxSignatures))
			return
		}
		if err := a.collectSignature(d, blob); err != nil {
			a.skipped = append(a.skipped, fmt.Errorf("referrer %.80q: %w", d.Digest, err))
		}
	}
}

// Skipped says why referrers were left out that may have been signatures.
func (a *Artifact) Skipped() []error { return slices.Clone(a.skipped) }

func (a *Artifact) collectSignature(d ocispec.Descriptor, blob Source) error {
	if d.Size > maxSignature {
		return fmt.Errorf("a manifest of %d bytes, more than %d", d.Size, maxSignature)
	}
	content, err := fetch(d, blob)
	if err != nil {
		return err
	}
	var m ocispec.Manifest
	if err := parseImageManifest(content, &m); err != nil {
		return err
	}
	if m.Subject == nil || m.Subject.Digest != a.root.Digest || len(m.Layers) != 1 || m.Layers[0].MediaType != SignatureMediaType {
		return nil // something else than a signature, or of something else
	}
	parts := []ocispec.Descriptor{m.Layers[0], m.Config, d}
	contents := [][]byte{nil, nil, content}
	for i, part := range parts[:2] {
		if part.Size > maxSignature {
			return fmt.Errorf("a signature of %d bytes, more than %d", part.Size, maxSignature)
		}
		if contents[i], err = fetch(part, blob); err != nil {
			return err
		}
	}
	for i, part := range parts { // once all of it is there
		if err := a.Add(part, contents[i]); err != nil {
			return err
		}
	}
	return a.attach(d, m)
}

// fetch reads a blob and compares it with its digest.
func fetch(d ocispec.Descriptor, blob Source) ([]byte, error) {
	if err := CheckDescriptor(d); err != nil {
		return nil, err
	}
	content, err := blob(d)
	if err == nil && (int64(len(content)) != d.Size || digest.SHA256.FromBytes(content) != d.Digest) {
		err = fmt.Errorf("%w: %s", ErrDigest, d.Digest)
	}
	return content, err
}
