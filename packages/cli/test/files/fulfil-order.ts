import { type Flow, settled, workflow } from '@runafter/core';

export const fulfilOrder = workflow('Fulfil_Order', (flow: Flow<{ sku: string }>) => {
  const stock = flow.action('Validate_Inventory', ({ input }) => ({ sku: input.sku, left: 3 }));
  const crm = flow.action('Create_CRM_Record', [stock], ([{ sku }]) => ({ id: `crm-${sku}` }));
  const chat = flow.action('Post_Teams_Notification', [stock], () => {
    throw new Error('Teams is down');
  });
  return flow.action('Update_Order_Status', [crm, settled(chat)], ([{ id }, { status }]) => {
    return `${id}: Complete, chat ${status}`;
  });
});
