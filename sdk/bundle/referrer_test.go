package bundle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestArtifact_CollectSignatures finds one signature among what others have attached.
func TestArtifact_CollectSignatures(t *testing.T) {
	signed := example(t)
	if err := signed.AttachSignature([]byte(`{"good":true}`), nil); err != nil {
		t.Fatal(err)
	}
	good := signed.Referrers()[0]
	store := map[digest.Digest][]byte{}
	for d, content := range signed.blobs {
		store[d] = content
	}
	put := func(content []byte) ocispec.Descriptor {
		d := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digest.SHA256.FromBytes(content), Size: int64(len(content))}
		store[d.Digest] = content
		return d
	}
	manifest := func(mediaType string, layer ocispec.Descriptor) ocispec.Descriptor {
		m := newImageManifest()
		root := signed.Root()
		m.Subject, m.Config = &root, put([]byte("{}"))
		layer.MediaType = mediaType
		m.Layers = []ocispec.Descriptor{layer}
		content, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		return put(content)
	}
	blob := ocispec.Descriptor{Digest: digest.SHA256.FromString("nowhere"), Size: 10}
	large := put([]byte(strings.Repeat("x", maxSignature+1)))
	wrong := manifest(SignatureMediaType, put([]byte("{}")))
	store[wrong.Digest] = []byte(strings.Replace(string(store[wrong.Digest]), "vnd", "vne", 1))
	junk := make([]ocispec.Descriptor, 2000)
	for i := range junk {
		junk[i] = put(fmt.Appendf(nil, "junk %d", i))
	}
	tests := []struct {
		name    string
		others  []ocispec.Descriptor
		skipped string
	}{
		{"alone", nil, ""},
		{"a large list of materials", []ocispec.Descriptor{manifest("application/spdx+json", large)}, ""},
		{"materials that are missing", []ocispec.Descriptor{manifest("application/spdx+json", blob)}, ""},
		{"malformed manifest", []ocispec.Descriptor{put([]byte("{"))}, "image manifest"},
		{"manifest of another digest", []ocispec.Descriptor{wrong}, ErrDigest.Error()},
		{"large manifest", []ocispec.Descriptor{large}, "more than 65536"},
		{"signature that is missing", []ocispec.Descriptor{manifest(SignatureMediaType, blob)}, "no blob"},
		{"large signature", []ocispec.Descriptor{manifest(SignatureMediaType, large)}, "a signature of 65537 bytes"},
		{"weak digest", []ocispec.Descriptor{{MediaType: ocispec.MediaTypeImageManifest, Digest: "md5:0"}}, "expected a SHA-256 digest"},
		{"an index", []ocispec.Descriptor{{MediaType: ocispec.MediaTypeImageIndex, Digest: "sha256:0"}}, ""},
		{"2000 of junk", junk, "more than 64 referrers"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a, reads := example(t), 0
			a.CollectSignatures(append(tc.others, good), func(d ocispec.Descriptor) ([]byte, error) {
				reads++
				content, found := store[d.Digest]
				if !found {
					return nil, fmt.Errorf("no blob %s", d.Digest)
				}
				return content, nil
			})
			if found := a.Referrers(); len(found) != 1 || found[0].Digest != good.Digest {
				t.Errorf("found %v, skipped %v", found, a.Skipped())
			}
			if got := fmt.Sprint(a.Skipped()); !strings.Contains(got, tc.skipped) || tc.skipped == "" && len(a.Skipped()) > 0 {
				t.Errorf("skipped %s, expected %q", got, tc.skipped)
			}
			if reads > 3*maxLooked {
				t.Errorf("%d blobs read", reads)
			}
		})
	}
}
