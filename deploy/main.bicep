// One Function App on Flex Consumption with a Key Vault and a blob container for facts, joined by one managed identity, and
// Application Insights for its log.
// Deploy:  az deployment group create -g <group> -f deploy/main.bicep -p name=idv jumioRegion=emea-1 jumioWorkflowKey=10164 \
//            jumioUserAgent='Example-Bank idv/1.0' \
//            clientRedirectUri=https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/oauth2/authresp
// Then put the secrets into the vault and publish the packaged app (deploy/README.md).

@description('Prefix of every name, 3 to 10 lower-case letters and digits (a vault has at most 24 characters).')
@minLength(3)
@maxLength(10)
param name string

@description('Azure region.')
param location string = resourceGroup().location

@description('Public origin of the app when it has its own domain, e.g. https://idv.contoso.example. Jumio allows no port.')
param publicUrl string = ''

@description('Jumio data centre.')
@allowed(['amer-1', 'emea-1', 'apac-1'])
param jumioRegion string

@description('Key of the Jumio workflow, e.g. 10164.')
param jumioWorkflowKey string

@description('How you call yourself towards Jumio: "Company Application/version".')
param jumioUserAgent string

@description('Name of the Key Vault certificate that signs id_tokens.')
param signingCertificate string = 'idv-signing'

@description('Client id of the B2C tenant at this provider.')
param clientId string = 'b2c'

@description('Redirect address of the B2C tenant, all lower case: https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/oauth2/authresp')
param clientRedirectUri string

@description('Origins of pages that may read our answers: those of public clients, or * for all. Empty without public clients.')
param corsOrigins array = []

@description('Days that Application Insights keeps what was logged, 30 to 730.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

var suffix = uniqueString(resourceGroup().id)
var origin = empty(publicUrl) ? 'https://${name}-${suffix}.azurewebsites.net' : publicUrl
var roleSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
var roleBlobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}${suffix}'
  location: location
  sku: { name: 'Standard_ZRS' }
  kind: 'StorageV2'
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

resource facts 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'facts'
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'package'
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: '${name}-${suffix}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

// What the handler logs becomes a trace here: the host passes on each line (docs/logging.md).
resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
  }
}

resource mayReadSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identity.id, roleSecretsUser)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleSecretsUser)
  }
}

resource mayWriteFacts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, identity.id, roleBlobContributor)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleBlobContributor)
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  kind: 'functionapp'
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}-${suffix}'
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${package.name}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      runtime: { name: 'custom', version: '1.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: 512
        maximumInstanceCount: 40
        alwaysReady: [{ name: 'http', instanceCount: 1 }]
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      // This plan answers preflights itself, by this list. '*' alone admits pages of every origin.
      cors: { allowedOrigins: corsOrigins, supportCredentials: false }
      appSettings: [
        { name: 'AzureWebJobsStorage__accountName', value: storage.name }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        { name: 'AppSettings__PublicUrl', value: origin }
        { name: 'AppSettings__KeyVaultUrl', value: vault.properties.vaultUri }
        { name: 'AppSettings__ManagedIdentityClientId', value: identity.properties.clientId }
        { name: 'AppSettings__SigningCertName', value: signingCertificate }
        { name: 'FactStore__Location', value: 'az:${storage.properties.primaryEndpoints.blob}${facts.name}' }
        { name: 'JumioSettings__Region', value: jumioRegion }
        { name: 'JumioSettings__WorkflowKey', value: jumioWorkflowKey }
        { name: 'JumioSettings__UserAgent', value: jumioUserAgent }
        { name: 'Clients__0__Id', value: clientId }
        { name: 'Clients__0__RedirectUris', value: clientRedirectUri }
        { name: 'Clients__0__AuthMethod', value: 'client_secret_post' }
        { name: 'Clients__0__SecretName', value: 'idv-client-secret' }
        { name: 'Clients__0__RequirePkce', value: 'false' } // Azure AD B2C does not use PKCE
        { name: 'Clients__0__Outcomes', value: 'claims' } // its policies look at idv_status themselves
        { name: 'Clients__0__ReturnWithinSeconds', value: '0' } // and let the person wait as long as it takes
      ]
    }
  }
  dependsOn: [mayReadSecrets, mayWriteFacts]
}

output origin string = origin
output vault string = vault.properties.vaultUri
output app string = app.name
output insights string = insights.name
