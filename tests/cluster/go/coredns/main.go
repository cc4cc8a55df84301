// The cluster's name service: CoreDNS with the few plugins that a cluster needs. CoreDNS' own main package holds those of
// every cloud, and would take five times as long to build.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() {
	// In the order in which a query passes them.
	dnsserver.Directives = []string{"bind", "health", "errors", "kubernetes"}
	coremain.Run()
}
