package sample

import "tidelock/proxy/value"

// proxyProtocolFetches are what the PROXY protocol told of the client's connection.
var proxyProtocolFetches = []Fetch{
	{Name: "fc_pp_authority", Output: value.String, Source: clientAddress, Get: proxyAuthority},
	{Name: "fc_pp_unique_id", Output: value.String, Source: clientAddress, Get: proxyUniqueID},
	{Name: "fc_rcvd_proxy", Output: value.Boolean, Source: clientAddress, Get: receivedProxy},
}

func proxyAuthority(c *Context, _ []Argument) value.Value {
	header := c.Stream.Session.Proxied
	if header == nil {
		return c.name("")
	}
	return c.name(header.Authority)
}

func proxyUniqueID(c *Context, _ []Argument) value.Value {
	header := c.Stream.Session.Proxied
	if header == nil {
		return c.name("")
	}
	return c.name(header.UniqueID)
}

func receivedProxy(c *Context, _ []Argument) value.Value {
	return value.Bool(c.Stream.Session.Proxied != nil)
}
