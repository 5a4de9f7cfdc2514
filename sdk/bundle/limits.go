package bundle

// Bounds on what is read. A bundle is code that somebody reviews: none comes near them.
const (
	maxManifest = 64 << 10 // bytes of a manifest in JSON
	maxIndex    = 1 << 20  // bytes of an OCI manifest or index
	maxDepth    = 8        // of values in each other, in a manifest
	maxList     = 256      // values of a list in a manifest
	maxText     = 1024     // bytes of a text in a manifest
	maxFiles    = 4096     // files of a bundle
	maxPath     = 256      // bytes of a path in a bundle
	maxReferrer = 64       // signatures and the like of a bundle
	maxBlobs    = 3 + 2*maxReferrer + 16

	// MaxLayer and MaxSize bound one layer and all that an artifact holds, in bytes.
	MaxLayer = 64 << 20
	MaxSize  = 128 << 20
)
