/** What people type, in the order in which one thing leads to another, and what kubectl says to it. */

export interface KubectlCommand {
  /** Behind `kubectl`, its words apart by one space each. Files are of e2e/kubectl. */
  readonly command: string
  /** All that it prints, errors included, without the space around it; or what that must match. */
  readonly says: string | RegExp
  /** 0 unless told. */
  readonly code?: number
  /** The first minor version that can do it. */
  readonly since?: number
}

/** The kinds of `objects.yaml` and `rbac.yaml`, with what `describe` must say of each. */
const described: Readonly<Record<string, RegExp>> = {
  'configmap till': /^Data\n====\nopen:\n----\n9\n/m,
  'secret key': /^Type:\s+Opaque\n\nData\n====\npin:\s+4 bytes/m,
  'secret old-token': /^token:\s+ey/m,
  'serviceaccount default': /^Tokens:\s+old-token/m,
  'namespace shop': /^Status:\s+Active/m,
  'pod clerk': /^Service Account:\s+default\n(?:.*\n)* {6}memory:\s+512Mi\n(?:.*\n)*QoS Class:\s+Burstable/m,
  'service counter': /^Type:\s+ClusterIP\n/m,
  'endpoints depot': /^ {2}Addresses:\s+10\.1\.2\.3/m,
  // It never tells how it is, and is taken for unreachable after a minute.
  'node north': /^Taints:\s+(?:<none>|node\.kubernetes\.io\/unreachable:NoSchedule)$/m,
  'event opened': /^Message:\s+the shop is open/m,
  'events.events.k8s.io opened': /^Note:\s+the shop is open/m,
  'lease counter': /^ {2}Holder Identity:\s+clerk/m,
  'role reader': /^ {2}secrets\s+\[\]\s+\[\]\s+\[get\]/m,
  'rolebinding reader': /^ {2}ServiceAccount\s+default\s+shop/m,
  'clusterrole visitor': /^\s+\[\/shop\]\s+\[\]\s+\[get\]/m,
  'clusterrolebinding visitor': /^ {2}Group\s+visitors/m,
  'validatingwebhookconfiguration guard': /^ {2}Failure Policy:\s+Ignore/m,
  'mutatingwebhookconfiguration guard': /^ {2}Reinvocation Policy:\s+Never/m,
  'certificatesigningrequest jane': /^Requesting User:\s+kubernetes-admin\n(?:.*\n)*\s+Common Name:\s+jane/m,
}

/** What asks for kinds that are there to be asked, or not there at all. */
const kinds: readonly KubectlCommand[] = [
  {
    command: 'create -f reviews.yaml',
    says: /^(?:\w+\.(?:authentication|authorization)\.k8s\.io\/<unknown> created\n?){6}$/,
  },
  { command: 'create -f binding.yaml', says: /pods "nobody" not found$/, code: 1 },
  {
    command: 'create -f unknown.yaml',
    says: /no matches for kind "Nothing" in version "rbac\.authorization\.k8s\.io\/v1"/,
    code: 1,
  },
  { command: 'get crd', says: 'No resources found' },
  {
    command: 'get componentstatuses',
    says: /^NAME +STATUS +MESSAGE +ERROR *\netcd-0 +Healthy +ok *\nWarning: v1 ComponentStatus is deprecated/,
  },
  {
    command: 'get service,endpointslices --namespace=default',
    says: /^service\/kubernetes +ClusterIP +10\.96\.0\.1 +<none> +443\/TCP (?:.*\n)*endpointslice\.discovery\.k8s\.io\/kubernetes +IPv4 /m,
  },
]

const writes: readonly KubectlCommand[] = [
  { command: 'create namespace shop', says: 'namespace/shop created' },
  { command: 'wait --for=jsonpath={.metadata.name}=default sa/default', says: 'serviceaccount/default condition met' },
  {
    command: 'apply -f objects.yaml',
    says: /^configmap\/till created\n(?:.* created\n)*.*\/jane created\nWarning: v1 Endpoints is deprecated/,
  },
  { command: 'apply -f objects.yaml', says: /^configmap\/till unchanged\n/ },
  { command: 'diff -f till.yaml', says: /^- {2}open: "8"\n\+ {2}open: "9"$/m, code: 1 },
  { command: 'apply -f till.yaml --dry-run=server', says: 'configmap/till configured (server dry run)' },
  { command: 'apply --server-side -f till.yaml', says: 'configmap/till serverside-applied' },
  { command: 'diff -f till.yaml', says: '' },
  {
    command: 'apply --server-side --field-manager=other -f objects.yaml',
    says: /conflict with "kubectl": \.data\.open/,
    code: 1,
  },
  { command: 'apply view-last-applied cm/till -o json', says: /"open": "8"|"open": "9"/ },
  { command: 'patch cm till -p {"data":{"close":"18"}}', says: 'configmap/till patched' },
  { command: 'patch cm till --type=merge -p {"data":{"close":null}}', says: 'configmap/till patched' },
  {
    command: 'patch cm till --type=json -p [{"op":"test","path":"/data/open","value":"8"}]',
    says: /the server rejected our request due to an error in our request|testing value \/data\/open failed/,
    code: 1,
  },
  {
    command: 'patch cm till --type=json -p [{"op":"add","path":"/data/close","value":"18"}]',
    says: 'configmap/till patched',
  },
  {
    command: 'patch pod clerk --subresource=status --type=merge -p {"status":{"phase":"Running"}}',
    says: 'pod/clerk patched',
  },
  { command: 'edit cm till', says: 'configmap/till edited' },
  { command: 'get cm till -o jsonpath={.data}', says: '{"closing":"18","open":"9"}' },
  { command: 'label cm till shop=north', says: 'configmap/till labeled' },
  {
    command: 'label cm till shop=south',
    says: /'shop' already has a value \(north\), and --overwrite is false/,
    code: 1,
  },
  { command: 'label cm till shop=south --overwrite', says: 'configmap/till labeled' },
  { command: 'annotate cm till note=sold', says: /^configmap\/till annotated?$/ },
  { command: 'replace -f till.yaml', says: 'configmap/till replaced' },
  { command: 'get cm till -o jsonpath={.data}{.metadata.labels}', says: '{"open":"9"}' },
  { command: 'create cm dry --from-literal=a=b --dry-run=server -o name', says: 'configmap/dry' },
  { command: 'get cm dry', says: 'Error from server (NotFound): configmaps "dry" not found', code: 1 },
  { command: 'create cm till', says: /configmaps "till" already exists/, code: 1 },
  { command: 'set image pod/clerk clerk=clerk:2', says: 'pod/clerk image updated' },
  { command: 'run helper --image=clerk:1', says: 'pod/helper created' },
  { command: 'expose pod clerk --name=window --port=80', says: 'service/window exposed' },
  { command: 'debug clerk --image=lens:1 -c lens --attach=false', says: /^(?:--profile=legacy .*)?$/ },
]

const reads: readonly KubectlCommand[] = [
  { command: 'get cm', says: /^NAME\s+DATA\s+AGE\nkube-root-ca\.crt\s+1\s+\d+s\ntill\s+1\s+\d+s$/ },
  {
    command: 'get pods -o wide',
    says: /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nclerk +0\/1 +Running +0 /,
  },
  { command: 'get sa,cm -o name', says: 'serviceaccount/default\nconfigmap/kube-root-ca.crt\nconfigmap/till' },
  { command: 'get cm till -o json', says: /^\{\n {4}"apiVersion": "v1",\n/ },
  { command: 'get cm till -o yaml', says: /^apiVersion: v1\ndata:\n {2}open: "9"\nkind: ConfigMap\nmetadata:\n/ },
  { command: 'get cm till -o yaml --show-managed-fields', says: /^ {4}manager: kubectl$/m },
  { command: 'get cm -o custom-columns=NAME:.metadata.name', says: 'NAME\nkube-root-ca.crt\ntill' },
  { command: 'get cm --field-selector=metadata.name=till -o name', says: 'configmap/till' },
  { command: 'get pods -l shop=north --show-labels', says: /\nclerk .* shop=north$/ },
  { command: 'get all', says: /pod\/clerk (?:.*\n)*.*service\/counter / },
  { command: 'get nosuch', says: 'error: the server doesn\'t have a resource type "nosuch"', code: 1 },
  {
    command: 'get events',
    says: /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Normal +Opened +pod\/clerk +the shop is open$/,
  },
  { command: 'events --for pod/clerk', says: /Normal +Opened +Pod\/clerk +the shop is open$/ },
  { command: 'wait --for=jsonpath={.status.phase}=Running pod/clerk', says: 'pod/clerk condition met' },
  {
    command: 'wait --for=condition=Ready pod/clerk --timeout=1s',
    says: 'error: timed out waiting for the condition on pods/clerk',
    code: 1,
  },
  { command: 'wait --for=create pod/clerk', says: 'pod/clerk condition met', since: 31 },
  { command: 'logs helper', says: '' },
  {
    command: 'exec helper -- ls',
    says: 'Error from server (BadRequest): pod helper does not have a host assigned',
    code: 1,
  },
  { command: 'get --raw /healthz', says: 'ok' },
  { command: 'get --raw /readyz?verbose', says: /^\[\+\]ping ok\n(?:.*\n)*.*readyz check passed$/ },
  { command: 'cluster-info', says: /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1:\d+/ },
  { command: 'version', says: /Server Version: .*v1\.36\./ },
  {
    command: 'api-versions',
    says: /^admissionregistration\.k8s\.io\/v1\n(?:.*\n)*.*\nrbac\.authorization\.k8s\.io\/v1\nv1$/,
  },
  { command: 'api-resources', says: /\nserviceaccounts +sa +v1 +true +ServiceAccount\n/ },
  {
    command: 'api-resources --namespaced=false --api-group=rbac.authorization.k8s.io -o name',
    says: 'clusterrolebindings.rbac.authorization.k8s.io\nclusterroles.rbac.authorization.k8s.io',
  },
  {
    command: 'explain sa',
    says: /^KIND: +ServiceAccount\nVERSION: +v1\n\nDESCRIPTION:\n {4}An identity for workloads/,
  },
  {
    command: 'explain pod.spec.containers --recursive',
    says: /\n {2}env\t<\[\]EnvVar>\n {4}name\t<string> -required-\n/,
  },
  {
    command: 'explain sa --output plaintext-openapiv2',
    says: /^KIND: +ServiceAccount\nVERSION: +v1\n\nDESCRIPTION:\n {5}An identity for workloads/,
  },
  { command: 'explain pod.spec.nope', says: /field "nope" does not exist/, code: 1 },
]

const identities: readonly KubectlCommand[] = [
  {
    command: 'auth whoami',
    says: /^ATTRIBUTE +VALUE\nUsername +kubernetes-admin\nGroups +\[system:masters system:authenticated\]/,
  },
  { command: 'auth can-i --list', says: /^Resources .*\n\*\.\* +\[\] +\[\] +\[\*\]\n/ },
  { command: 'auth can-i get secrets --as=system:serviceaccount:shop:default', says: 'no', code: 1 },
  {
    command: 'auth reconcile -f rbac.yaml',
    says: /^role\.rbac\.authorization\.k8s\.io\/reader reconciled\n(?:.*\n)*\treconciliation required create\n/,
  },
  {
    command: 'auth reconcile -f rbac.yaml',
    says: 'role.rbac.authorization.k8s.io/reader reconciled\nrolebinding.rbac.authorization.k8s.io/reader reconciled',
  },
  { command: 'auth can-i get secrets --as=system:serviceaccount:shop:default', says: 'yes' },
  { command: 'create sa seller', says: 'serviceaccount/seller created' },
  { command: 'create token seller --duration=10m', says: /^ey[\w-]+\.[\w-]+\.[\w-]+$/ },
  {
    command: 'create token seller --bound-object-kind=Secret --bound-object-name=key',
    says: /^ey[\w-]+\.[\w-]+\.[\w-]+$/,
  },
  { command: 'create token nobody', says: /serviceaccounts "nobody" not found/, code: 1 },
  { command: 'create role teller --verb=get --resource=cm', says: 'role.rbac.authorization.k8s.io/teller created' },
  {
    command: 'create rolebinding teller --role=teller --serviceaccount=shop:seller',
    says: 'rolebinding.rbac.authorization.k8s.io/teller created',
  },
  {
    command: 'set subject rolebinding teller --user=joe',
    says: 'rolebinding.rbac.authorization.k8s.io/teller subjects updated',
  },
  ...Object.entries(described).map(([object, says]) => ({ command: `describe ${object}`, says })),
  { command: 'certificate approve jane', says: 'certificatesigningrequest.certificates.k8s.io/jane approved' },
  { command: 'wait --for=jsonpath={.status.certificate} csr/jane', says: /condition met$/, since: 31 },
  { command: 'get csr jane', says: /kubernetes\.io\/kube-apiserver-client +kubernetes-admin +<none> +Approved/ },
  { command: 'certificate deny jane', says: /is already Approved/, code: 1 },
]

const ends: readonly KubectlCommand[] = [
  { command: 'cordon north', says: 'node/north cordoned' },
  { command: 'get node north', says: /\nnorth +Unknown,SchedulingDisabled +<none> / },
  { command: 'uncordon north', says: 'node/north uncordoned' },
  { command: 'taint node north shop=closed:NoSchedule', says: 'node/north tainted' },
  { command: 'drain north', says: /node\/north drained$/ },
  {
    command: 'delete pods --all --dry-run=server',
    says: /^pod "clerk" deleted.* \(server dry run\)\npod "helper" deleted.* \(server dry run\)$/,
  },
  { command: 'delete pod clerk --cascade=foreground', says: /^pod "clerk" deleted/ },
  { command: 'delete pod helper --cascade=orphan --now', says: /^pod "helper" deleted/ },
  { command: 'delete svc --all', says: /^service "counter" deleted.*\nservice "window" deleted/ },
  { command: 'delete cm till', says: /^configmap "till" deleted/ },
  { command: 'wait --for=delete cm/till', says: '' },
  { command: 'delete cm till --ignore-not-found', says: '' },
  { command: 'delete -f objects.yaml --ignore-not-found', says: /node "north" deleted(?:.*\n)*.*"jane" deleted/ },
  { command: 'delete namespace shop', says: /^namespace "shop" deleted/ },
]

export const kubectlCommands = { writes, reads, identities, kinds, ends }
