package signature

import (
	"cmp"

	protobundle "github.com/sigstore/sigstore-go/pkg/bundle"

	"tidelock/sdk/bundle"
)

// Signers returns the fingerprints of the keys that an artifact's signatures claim to be by (see PublicKey.ID). It verifies
// nothing: it tells whose key to ask for.
func Signers(a *bundle.Artifact) ([]string, error) {
	found, err := signatures(a)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, layer := range found {
		document, err := a.Blob(layer)
		if err != nil {
			return nil, err
		}
		var signed protobundle.Bundle
		id := ""
		if signed.UnmarshalJSON(document) == nil {
			id = signed.GetVerificationMaterial().GetPublicKey().GetHint()
		}
		ids = append(ids, cmp.Or(id, "?"))
	}
	return ids, nil
}
