package bundle

import "tidelock/proxy/capability"

// Capabilities are what scripts need to reach outside of their sandbox. The manifest declares them; who runs the bundle
// grants them.
type Capabilities = capability.Set
