package bundle

import "tidelock/proxy/capability"

// Bounds on what is read. A bundle is code that somebody reviews: none comes near them.
const (
	maxManifest = 64 << 10             // bytes of a manifest in JSON
	maxIndex    = 1 << 20              // bytes of an OCI manifest or index
	maxDepth    = 8                    // of values in each other, in a manifest
	maxList     = capability.MaxValues // of a list in a manifest
	maxText     = capability.MaxText   // bytes of a text in a manifest
	maxFiles    = 4096                 // files of a bundle
	maxPath     = 256                  // bytes of a path in a bundle
	maxLayers   = 64                   // layers of an image manifest
	maxBlobs    = 256                  // blobs of an artifact

	maxListed     = 1024     // manifests that a layout lists
	maxLooked     = 64       // manifests that are looked at for signatures
	maxSignatures = 32       // signatures of a bundle
	maxSignature  = 64 << 10 // bytes of a signature, and of its manifest: one by a key has less than 1 KiB

	// MaxLayer and MaxSize bound one layer and all that an artifact holds, in bytes.
	MaxLayer = 64 << 20
	MaxSize  = 128 << 20
)
