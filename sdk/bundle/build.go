package bundle

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Build makes an artifact of a folder: bundle.json and the files below it (see ReadFolder).
func Build(folder fs.FS) (*Artifact, error) {
	document, files, err := ReadFolder(folder)
	if err != nil {
		return nil, err
	}
	manifest, err := ParseManifest(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestFile, err)
	}
	return Pack(manifest, files)
}

// Pack makes an artifact of a manifest and files. The same input gives the same digest.
func Pack(manifest Manifest, files Files) (*Artifact, error) {
	if err := manifest.validate(); err != nil {
		return nil, manifestErrorf("%w", err)
	}
	if err := files.check(); err != nil {
		return nil, err
	}
	if _, found := files[manifest.Entry]; !found {
		return nil, manifestErrorf("entry: no file '%s'", manifest.Entry)
	}
	config, err := manifest.Encode()
	if err != nil {
		return nil, err
	}
	image := newImageManifest()
	image.ArtifactType = ArtifactType
	image.Annotations = map[string]string{
		ocispec.AnnotationTitle: manifest.Name, ocispec.AnnotationVersion: manifest.Version.String(),
	}
	a := NewArtifact(ocispec.Descriptor{})
	if image.Config, err = a.store(ManifestMediaType, config); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		some := files.Of(kind)
		if len(some) == 0 {
			continue
		}
		layer, err := packLayer(some)
		if err != nil {
			return nil, err
		}
		stored, err := a.store(layerType(kind), layer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		image.Layers = append(image.Layers, stored)
	}
	encoded, err := encode(image)
	if err != nil {
		return nil, err
	}
	root, err := a.store(ocispec.MediaTypeImageManifest, encoded)
	root.ArtifactType = ArtifactType
	a.root = root
	return a, err
}

// store adds content under its own digest.
func (a *Artifact) store(mediaType string, content []byte) (ocispec.Descriptor, error) {
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.SHA256.FromBytes(content), Size: int64(len(content))}
	return d, a.Add(d, content)
}

// Bundle is an artifact that was unpacked: what it says of itself, and what it contains.
type Bundle struct {
	Manifest Manifest
	Digest   string // of the artifact, "sha256:..."
	Files    Files  // scripts, native modules and data: see Files.Of
}

// Unpack reads and checks what an artifact contains. It says nothing of who made it: see package trust.
func (a *Artifact) Unpack() (*Bundle, error) {
	image, err := a.ImageManifest(a.root)
	if err != nil {
		return nil, err
	}
	if image.ArtifactType != ArtifactType {
		return nil, fmt.Errorf("not a bundle: expected the artifact type %s, found %.128q", ArtifactType, image.ArtifactType)
	}
	if image.Config.MediaType != ManifestMediaType {
		return nil, fmt.Errorf("expected a config of %s, found %.128q", ManifestMediaType, image.Config.MediaType)
	}
	config, err := a.Blob(image.Config)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	manifest, err := ParseManifest(config)
	if err != nil {
		return nil, err
	}
	files := Files{}
	var seen []Kind
	for _, layer := range image.Layers {
		i := slices.IndexFunc(kinds, func(k Kind) bool { return layerType(k) == layer.MediaType })
		if i < 0 {
			return nil, fmt.Errorf("layer of an unknown type %.128q", layer.MediaType)
		}
		kind := kinds[i]
		if slices.Contains(seen, kind) {
			return nil, fmt.Errorf("two %s layers", kind)
		}
		seen = append(seen, kind)
		content, err := a.Blob(layer)
		if err == nil {
			err = unpackLayer(kind, content, files)
		}
		if err != nil {
			return nil, fmt.Errorf("%s layer: %w", kind, err)
		}
	}
	if err := files.check(); err != nil {
		return nil, err
	}
	if _, found := files[manifest.Entry]; !found {
		return nil, manifestErrorf("entry: no file '%s'", manifest.Entry)
	}
	return &Bundle{Manifest: manifest, Digest: a.Digest(), Files: files}, nil
}
