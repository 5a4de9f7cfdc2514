// Package registry copies bundles to and from OCI registries, with their signatures. Registries without a referrers API
// keep those under a tag.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	orasregistry "oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"tidelock/sdk/bundle"
)

// Options say how a registry is reached.
type Options struct {
	PlainHTTP bool // without TLS, for registries on loopback
	// Progress is called when a blob has been copied, with its size in bytes. It may be called by several goroutines.
	Progress func(digest string, size int64)
}

func (o Options) progress(d ocispec.Descriptor) {
	if o.Progress != nil {
		o.Progress(d.Digest.String(), d.Size)
	}
}

// repository opens the repository of a reference HOST[:PORT]/NAME[:TAG][@DIGEST] and returns its tag and digest, which may
// be empty. Credentials are those of docker login.
func repository(reference string, o Options) (r *remote.Repository, tag, pin string, err error) {
	rest, pin, pinned := strings.Cut(reference, "@")
	if pinned {
		if d := digest.Digest(pin); d.Validate() != nil || d.Algorithm() != digest.SHA256 {
			return nil, "", "", fmt.Errorf("%s: expected sha256: and 64 digits after @", reference)
		}
	}
	parsed, err := orasregistry.ParseReference(rest)
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", reference, err)
	}
	tag = parsed.Reference
	r = &remote.Repository{
		Reference: orasregistry.Reference{Registry: parsed.Registry, Repository: parsed.Repository}, PlainHTTP: o.PlainHTTP,
		// A referrers index that lost an entry is no harm; deleting it needs a right that few have.
		SkipReferrersGC: true,
	}
	client := &auth.Client{Client: retry.DefaultClient, Cache: auth.NewCache()}
	client.SetUserAgent("tidelock")
	if store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{}); err == nil {
		client.Credential = credentials.Credential(store)
	}
	r.Client = client
	return r, tag, pin, nil
}

// Resolve returns the digest of the manifest that a reference leads to now.
func Resolve(ctx context.Context, reference string, o Options) (string, error) {
	r, tag, pin, err := repository(reference, o)
	if err != nil || pin != "" {
		return pin, err
	}
	root, err := r.Resolve(ctx, tag)
	if err != nil {
		return "", fmt.Errorf("%s: %w", reference, err)
	}
	return root.Digest.String(), nil
}

// Pull reads a bundle and what refers to it into memory. Nothing of it has been trusted when it returns, but every blob
// matches its digest, and the bundle's own matches the reference's if that has one. The context bounds the time.
func Pull(ctx context.Context, reference string, o Options) (*bundle.Artifact, error) {
	r, tag, pin, err := repository(reference, o)
	if err != nil {
		return nil, err
	}
	wanted := tag
	if pin != "" {
		wanted = pin
	}
	if wanted == "" {
		return nil, fmt.Errorf("%s: expected a tag or a digest", reference)
	}
	root, err := r.Resolve(ctx, wanted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	if root.MediaType != ocispec.MediaTypeImageManifest {
		return nil, fmt.Errorf("%s: expected %s, found %.128q", reference, ocispec.MediaTypeImageManifest, root.MediaType)
	}
	fetch := func(d ocispec.Descriptor) ([]byte, error) {
		content, err := fetchBlob(ctx, r, d)
		if err == nil {
			o.progress(d)
		}
		return content, err
	}
	a := bundle.NewArtifact(root)
	if err := a.Collect(fetch); err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	referrers, err := list(ctx, r, a.Root())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	a.CollectSignatures(referrers, fetch)
	return a, nil
}

// maxReferrers bounds the referrers that are read from a registry, which lists as many as anybody likes.
const maxReferrers = 1024

var errEnough = errors.New("enough referrers")

func list(ctx context.Context, r *remote.Repository, root ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	var all []ocispec.Descriptor
	err := r.Referrers(ctx, root, "", func(page []ocispec.Descriptor) error {
		if all = append(all, page...); len(all) > maxReferrers {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return all, err
}

// fetchBlob reads a blob of the size that its descriptor says, if that is one a bundle can have.
func fetchBlob(ctx context.Context, r *remote.Repository, d ocispec.Descriptor) ([]byte, error) {
	if err := bundle.CheckDescriptor(d); err != nil {
		return nil, err
	}
	body, err := r.Fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	content, err := io.ReadAll(io.LimitReader(body, d.Size+1))
	if err == nil && int64(len(content)) > d.Size {
		err = fmt.Errorf("more than the %d bytes of its descriptor", d.Size)
	}
	return content, err
}

// Push copies a bundle and its signatures to a registry, and gives it the reference's tag if there is one. A digest in
// the reference must be the bundle's.
func Push(ctx context.Context, a *bundle.Artifact, reference string, o Options) error {
	r, tag, pin, err := repository(reference, o)
	if err != nil {
		return err
	}
	if pin != "" && pin != a.Digest() {
		return fmt.Errorf("%s: the bundle has the digest %s", reference, a.Digest())
	}
	options := oras.ExtendedCopyGraphOptions{CopyGraphOptions: oras.CopyGraphOptions{
		PostCopy:      func(_ context.Context, d ocispec.Descriptor) error { o.progress(d); return nil },
		OnCopySkipped: func(_ context.Context, d ocispec.Descriptor) error { o.progress(d); return nil },
	}}
	if err := oras.ExtendedCopyGraph(ctx, a, r, a.Root(), options); err != nil {
		return fmt.Errorf("%s: %w", reference, withoutOrigin(err))
	}
	if tag != "" {
		if err := r.Tag(ctx, a.Root(), tag); err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
	}
	return nil
}

// withoutOrigin takes off what the copying library says of itself.
func withoutOrigin(err error) error {
	var copying *oras.CopyError
	if errors.As(err, &copying) {
		return copying.Err
	}
	return err
}
