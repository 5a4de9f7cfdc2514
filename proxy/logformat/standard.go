package logformat

// The formats of the manual's sections 8.2.1 to 8.2.5, as log-format strings.
const (
	// HTTP is what "option httplog" chooses.
	HTTP = `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r`
	// HTTPS is what "option httpslog" chooses.
	HTTPS = HTTP + ` %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc`
	// CLF is what "option httplog clf" chooses.
	CLF = `%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl`
	// TCP is what "option tcplog" chooses.
	TCP = `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`
	// Refused is the beginning of the line of a connection that ended before its first exchange.
	Refused = `%ci:%cp [%t] %f/`
	// Default is what a proxy logs without any option: an exchange that began.
	Default = `Connect from %ci:%cp to %fi:%fp (%f/HTTP)`
	// DefaultTCP is Default in a proxy in mode tcp.
	DefaultTCP = `Connect from %ci:%cp to %fi:%fp (%f/TCP)`
)
