package luabridge

import (
	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/tlsconfig"
)

// updateCertificate is certcache.set(path, crt, key, ocsp, issuer, sctl) -> nil, or why nothing was changed. Parts that
// stay as they are are nil.
func (m *image) updateCertificate(c *host.Call) error {
	path, err := c.String()
	if err != nil {
		return err
	}
	parts := map[tlsconfig.Part][]byte{}
	for _, part := range []tlsconfig.Part{tlsconfig.Chain, tlsconfig.Key, tlsconfig.OCSP, tlsconfig.Issuer, tlsconfig.SCTL} {
		if text := c.Next(); text.Type == abi.String {
			parts[part] = text.Bytes
		}
	}
	if err := m.bridge.config.Plane.TLSFiles.Update(string(path), parts); err != nil {
		c.Results.String(err.Error())
	} else {
		c.Results.Nil()
	}
	return nil
}
